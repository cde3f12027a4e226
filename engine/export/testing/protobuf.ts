// Protobuf's wire format, read by its documentation (https://protobuf.dev/programming-guides/encoding/) alone.

export type Fields = Map<number, (bigint | Uint8Array)[]>

export function readVarint(bytes: Uint8Array, at: number): [value: bigint, next: number] {
  let value = 0n
  for (let shift = 0n; ; shift += 7n) {
    const byte = bytes[at++]
    if (byte === undefined) throw new Error('a varint is cut off')
    value |= BigInt(byte & 0x7f) << shift
    if ((byte & 0x80) === 0) return [value, at]
  }
}

export function readMessage(bytes: Uint8Array): Fields {
  const fields: Fields = new Map()
  for (let at = 0; at < bytes.length;) {
    const [key, afterKey] = readVarint(bytes, at)
    const [number, afterNumber] = readVarint(bytes, afterKey)
    at = afterNumber
    let value: bigint | Uint8Array = number
    if ((key & 7n) === 2n) {
      value = bytes.subarray(at, at += Number(number))
      if (at > bytes.length) throw new Error('a field is cut off')
    } else if ((key & 7n) !== 0n) throw new Error(`wire type ${key & 7n} is in no profile`)
    const field = Number(key >> 3n)
    const values = fields.get(field)
    if (values) values.push(value)
    else fields.set(field, [value])
  }
  return fields
}

export function readPacked(bytes: Uint8Array): number[] {
  const values: number[] = []
  for (let at = 0; at < bytes.length;) {
    const [value, next] = readVarint(bytes, at)
    values.push(Number(value))
    at = next
  }
  return values
}

/** A profile.proto, with what its numbers mean looked up (https://github.com/google/pprof/blob/main/proto/profile.proto). */
export function readProfile(bytes: Uint8Array) {
  const top = readMessage(bytes)
  const messages = (field: number) => (top.get(field) ?? []).map(value => readMessage(value as Uint8Array))
  const strings = (top.get(6) ?? []).map(value => new TextDecoder('utf-8', { fatal: true }).decode(value as Uint8Array))
  const number = (fields: Fields, field: number) => Number(fields.get(field)?.at(-1) ?? 0n)
  const string = (fields: Fields, field: number) => {
    const text = strings[number(fields, field)]
    if (text === undefined) throw new Error('a string is not in the table')
    return text
  }
  const functions = new Map(messages(5).map(f => [number(f, 1), { name: string(f, 2), systemName: string(f, 3), file: string(f, 4), startLine: number(f, 5) }]))
  const mappings = new Map(messages(3).map(m => [number(m, 1), { file: string(m, 5), hasFunctions: number(m, 7), hasFilenames: number(m, 8), hasLines: number(m, 9) }]))
  const locations = new Map(messages(4).map(l => {
    const line = readMessage(l.get(4)![0] as Uint8Array)
    return [number(l, 1), { mapping: mappings.get(number(l, 2)), function: functions.get(number(line, 1)), line: number(line, 2) }]
  }))
  return {
    strings, functions, mappings, locations,
    sampleTypes: messages(1).map(t => [string(t, 1), string(t, 2)]),
    samples: messages(2).map(s => ({ locations: readPacked(s.get(1)![0] as Uint8Array), values: readPacked(s.get(2)![0] as Uint8Array) })),
    defaultSampleType: string(top, 14), periodType: messages(11).map(t => [string(t, 1), string(t, 2)])[0], period: number(top, 12),
    timeNanos: top.get(9)?.[0] as bigint | undefined, durationNanos: number(top, 10), comments: (top.get(13) ?? []).map(i => strings[Number(i)]!),
  }
}
