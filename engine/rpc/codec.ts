// One frame on every transport: u32 header length, JSON header, then binary parts aligned to 8 bytes.
// In the JSON a typed array stands as {"$bin":[kind, offset, bytes]}. Decoding gives views on the frame,
// without a copy. NaN, Infinity and bigint survive only inside typed arrays.
const KINDS = {
  A: ArrayBuffer, U1: Uint8Array, I1: Int8Array, U2: Uint16Array, I2: Int16Array, U4: Uint32Array,
  I4: Int32Array, F4: Float32Array, F8: Float64Array, B8: BigInt64Array,
} as const
type Kind = keyof typeof KINDS

const align = (n: number) => (n + 7) & ~7

function kindOf(value: object): Kind | undefined {
  for (const kind in KINDS) if (value instanceof KINDS[kind as Kind]) return kind as Kind
  return undefined
}

export function encode(message: unknown): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = []
  let size = 0
  // A replacer sees what toJSON left; Node's Buffer has one, so binary is looked up on the holder.
  const json = JSON.stringify(message, function (this: Record<string, unknown>, key, value: unknown) {
    const raw = this[key]
    if (typeof raw !== 'object' || raw === null) return value
    const kind = kindOf(raw)
    if (!kind) return value
    const bytes = raw instanceof ArrayBuffer
      ? new Uint8Array(raw)
      : new Uint8Array((raw as Uint8Array).buffer, (raw as Uint8Array).byteOffset, (raw as Uint8Array).byteLength)
    const reference = { $bin: [kind, size, bytes.byteLength] }
    parts.push(bytes)
    size = align(size + bytes.byteLength)
    return reference
  })
  const header = new TextEncoder().encode(json)
  const start = align(4 + header.length)
  const frame = new Uint8Array(start + size)
  new DataView(frame.buffer).setUint32(0, header.length, true)
  frame.set(header, 4)
  let at = start
  for (const part of parts) {
    frame.set(part, at)
    at += align(part.byteLength)
  }
  return frame
}

/** Throws on a frame that is not one of ours. */
export function decode(input: Uint8Array | ArrayBuffer): unknown {
  let frame = input instanceof ArrayBuffer ? new Uint8Array(input) : input
  if (frame.byteOffset % 8 !== 0 || !(frame.buffer instanceof ArrayBuffer)) frame = new Uint8Array(frame)
  if (frame.byteLength < 4) throw new Error('a frame is shorter than its header')
  const length = new DataView(frame.buffer, frame.byteOffset).getUint32(0, true)
  if (4 + length > frame.byteLength) throw new Error('a frame is shorter than its header says')
  const start = frame.byteOffset + align(4 + length)
  const end = frame.byteOffset + frame.byteLength
  const buffer = frame.buffer as ArrayBuffer
  return JSON.parse(new TextDecoder().decode(frame.subarray(4, 4 + length)), (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('$bin' in value)) return value
    const [kind, offset, bytes] = value.$bin as [Kind, number, number]
    if (!Object.hasOwn(KINDS, kind) || !(offset >= 0) || !(bytes >= 0) || start + offset + bytes > end) {
      throw new Error('a frame points outside of itself')
    }
    if (kind === 'A') return buffer.slice(start + offset, start + offset + bytes)
    const Type = KINDS[kind]
    return new Type(buffer, start + offset, bytes / Type.BYTES_PER_ELEMENT)
  })
}
