import { expect, test } from 'vitest'
import { decode, encode } from './codec'
import type { Methods } from './contract'
import { MoltError } from './errors'
import { linkPair } from './link'
import { createClient, serve, type Handlers } from './rpc'
import { validateRequest } from './schemas'

test('binary parts keep their type, place and odd lengths, Buffers included', () => {
  const message = {
    a: [new Uint8Array([1, 2, 3]), { b: Float64Array.of(1.5, NaN) }], c: new Uint16Array([9]).buffer,
    d: BigInt64Array.of(-1n), e: 'é', f: null,
  }
  expect(decode(encode(message))).toEqual(message)
  expect(decode(encode({ v: Buffer.from('xyz') }))).toEqual({ v: new Uint8Array([120, 121, 122]) })
})

test('a frame at an odd offset is realigned, a cut or lying one is refused', () => {
  const frame = encode({ v: Float64Array.of(1, 2) })
  const moved = new Uint8Array(frame.length + 3)
  moved.set(frame, 3)
  expect(decode(moved.subarray(3))).toEqual({ v: Float64Array.of(1, 2) })
  expect(() => decode(frame.subarray(0, 10))).toThrow(/shorter/)
  expect(() => decode(frame.subarray(0, frame.length - 8))).toThrow(/outside/)
})

function pair(handlers: Partial<Handlers>) {
  const [a, b] = linkPair()
  const server = serve(a, handlers as Handlers, validateRequest)
  return { server, client: createClient(b), link: b }
}

test('a call reaches its handler checked, and comes back with columns', async () => {
  const { client } = pair({
    'gc.ticks': ({ recordingId }) => ({ tick: Float64Array.of(recordingId), generation: Uint8Array.of(2), collected: Int32Array.of(5) }),
  })
  const result: Methods['gc.ticks']['result'] = await client.call('gc.ticks', { recordingId: 7 })
  expect(result).toEqual({ tick: Float64Array.of(7), generation: Uint8Array.of(2), collected: Int32Array.of(5) })
})

test.each([
  ['gc.ticks', {}, 'params.recordingId must be a whole number'],
  ['gc.ticks', { recordingId: 1.5 }, 'must be a whole number'],
  ['gc.ticks', { recordingId: 1, more: 1 }, 'params.more is not known'],
  ['statistics.at', { recordingId: 1, at: 'end', groupBy: 'colour' }, 'must be one of lineno'],
  ['run.start', { source: { kind: 'path' } }, 'params.source'],
])('%s with %j is refused with a sentence', async (method, params, words) => {
  const { client } = pair({ 'gc.ticks': () => null as never, 'statistics.at': () => null as never, 'run.start': () => null as never })
  const error = await client.call(method as 'gc.ticks', params as never).catch((e: unknown) => e)
  expect(error).toBeInstanceOf(MoltError)
  expect(error).toMatchObject({ code: 'bad-request' })
  expect((error as Error).message).toContain(words)
})

test('errors keep code and hint; a thrown stranger is our fault; an unknown method is named', async () => {
  const { client } = pair({
    'marks.list': () => { throw new MoltError('not-found', 'It is gone.', 'Look elsewhere.') },
    'app.info': () => { throw new TypeError('x is undefined') },
  })
  await expect(client.call('marks.list', { recordingId: 1 })).rejects.toMatchObject({ code: 'not-found', message: 'It is gone.', hint: 'Look elsewhere.' })
  await expect(client.call('app.info', {})).rejects.toMatchObject({ code: 'internal', message: 'Molt made a mistake: x is undefined' })
  await expect(client.call('toString' as 'app.info', {})).rejects.toMatchObject({ code: 'no-method' })
})

test('a cancel overtakes the requests behind a busy one, which never run', async () => {
  const ran: number[] = []
  const { client } = pair({ 'marks.list': ({ recordingId }) => { ran.push(recordingId); return [] } })
  const abort = new AbortController()
  const first = client.call('marks.list', { recordingId: 1 })
  const second = client.call('marks.list', { recordingId: 2 }, abort.signal).catch((e: MoltError) => e.code)
  const third = client.call('marks.list', { recordingId: 3 })
  abort.abort()
  expect(await second).toBe('cancelled')
  await Promise.all([first, third])
  expect(ran).toEqual([1, 3])
})

test('a running handler sees its cancel', async () => {
  let seen = false
  const { client } = pair({
    'marks.list': (_params, { signal }) => new Promise(resolve => signal.addEventListener('abort', () => { seen = true; resolve([]) })),
  })
  const abort = new AbortController()
  const call = client.call('marks.list', { recordingId: 1 }, abort.signal).catch((e: MoltError) => e.code)
  await new Promise(resolve => setTimeout(resolve, 20))
  abort.abort()
  expect(await call).toBe('cancelled')
  await new Promise(resolve => setTimeout(resolve, 5))
  expect(seen).toBe(true)
})

test('events arrive until the listener is taken off; a closed link rejects what waits', async () => {
  const { client, server, link } = pair({ 'marks.list': () => new Promise(() => {}) })
  const seen: unknown[] = []
  const off = client.on('library.changed', data => seen.push(data))
  server.emit('library.changed', null)
  await new Promise(resolve => setTimeout(resolve, 5))
  off()
  server.emit('library.changed', null)
  await new Promise(resolve => setTimeout(resolve, 5))
  expect(seen).toEqual([null])
  const call = client.call('marks.list', { recordingId: 1 })
  link.close()
  await expect(call).rejects.toMatchObject({ code: 'closed' })
  await expect(client.call('marks.list', { recordingId: 1 })).rejects.toMatchObject({ code: 'closed' })
})

test('a method that takes long says how far it is, not too often, and never after its answer', async () => {
  const { client } = pair({
    'marks.list': async (_params, { progress }) => {
      for (let done = 0; done < 50; done++) {
        progress(done, 50)
        await new Promise(resolve => setTimeout(resolve, 5))
      }
      return []
    },
  })
  const seen: number[] = []
  await client.call('marks.list', { recordingId: 1 }, undefined, ({ done, total }) => seen.push(done / total))
  expect(seen[0]).toBe(0)
  expect(seen.length).toBeGreaterThan(1)
  expect(seen.length).toBeLessThan(10)
  expect([...seen].sort((a, b) => a - b)).toEqual(seen)
})
