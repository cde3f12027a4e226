// A link carries opaque frames both ways. Everything above it is the same on every host.
export interface Link {
  send(frame: Uint8Array<ArrayBuffer>): void
  onFrame(listener: (frame: Uint8Array) => void): void
  onClose(listener: () => void): void
  close(): void
}

/** Two linked ends in one process, for tests and for callers that live beside the server. */
export function linkPair(): [Link, Link] {
  interface End { frame: (frame: Uint8Array) => void; close: () => void; early: Uint8Array[] | null }
  const ends: [End, End] = [
    { frame: () => {}, close: () => {}, early: [] },
    { frame: () => {}, close: () => {}, early: [] },
  ]
  let open = true
  const make = (own: End, other: End): Link => ({
    send: frame => {
      if (!open) return
      queueMicrotask(() => {
        if (other.early) other.early.push(frame)
        else other.frame(frame)
      })
    },
    onFrame: listener => {
      own.frame = listener
      const early = own.early ?? []
      own.early = null
      for (const frame of early) listener(frame)
    },
    onClose: listener => { own.close = listener },
    close: () => {
      if (!open) return
      open = false
      other.close()
      own.close()
    },
  })
  return [make(ends[0], ends[1]), make(ends[1], ends[0])]
}
