// How a process entry gets its links from whoever started it.
//
// Electron: main posts `{ type: 'open' }` with one MessagePort through utilityProcess; one port = one link.
// Plain Node: the parent forked us with serialization 'advanced' and relays `Relay` messages, one channel
// number a link (the web host: one WebSocket a channel). No import of 'electron' here.
import type { Link } from './link'

/** The part of Electron's MessagePortMain that is used. */
interface PortMain {
  on(event: 'message', listener: (event: { data: Uint8Array }) => void): void
  on(event: 'close', listener: () => void): void
  start(): void
  close(): void
  postMessage(message: unknown): void
}
interface ParentPort {
  on(event: 'message', listener: (event: { data: { type?: string }; ports: PortMain[] }) => void): void
}

/** What a Node host relays over child_process IPC. */
export type Relay = { channel: number; open: true } | { channel: number; frame: Uint8Array } | { channel: number; close: true }

/** Calls `onLink` for every link that a host opens; `onHostGone` when the host itself is gone. */
export function acceptLinks(onLink: (link: Link) => void, onHostGone: () => void): void {
  const parentPort = (process as unknown as { parentPort?: ParentPort }).parentPort
  if (parentPort) acceptPorts(parentPort, onLink)
  else acceptRelay(onLink, onHostGone)
}

function acceptPorts(parentPort: ParentPort, onLink: (link: Link) => void): void {
  parentPort.on('message', ({ data, ports }) => {
    const port = ports[0]
    if (data.type !== 'open' || !port) return
    onLink({
      send: frame => port.postMessage(frame),
      onFrame: listener => {
        port.on('message', event => listener(event.data))
        port.start()
      },
      onClose: listener => port.on('close', listener),
      close: () => port.close(),
    })
  })
}

function acceptRelay(onLink: (link: Link) => void, onHostGone: () => void): void {
  if (!process.send) throw new Error('this entry is started by a host, not by hand')
  const post = (message: Relay) => { if (process.connected) process.send?.(message, undefined, undefined, () => {}) } // a dead host is told by 'disconnect'
  const channels = new Map<number, { frame(frame: Uint8Array): void; close(): void }>()
  process.on('message', (message: Relay) => {
    const { channel } = message
    if ('open' in message) {
      const entry = { frame: (_frame: Uint8Array) => {}, close: () => {} }
      channels.set(channel, entry)
      onLink({
        send: frame => post({ channel, frame }),
        onFrame: listener => { entry.frame = listener },
        onClose: listener => { entry.close = listener },
        close: () => {
          channels.delete(channel)
          post({ channel, close: true })
        },
      })
    } else if ('frame' in message) channels.get(channel)?.frame(message.frame)
    else {
      channels.get(channel)?.close()
      channels.delete(channel)
    }
  })
  process.on('disconnect', onHostGone)
}
