import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { MoltError } from '../base/errors'
import { tracesOf } from './import-snapshot'
import { PickledDict, PickledInstance, PickledList, unpickle, type UnpickleLimits } from './unpickle'

vi.setConfig({ testTimeout: 60_000 })

const CLASSES = ['tracemalloc.Snapshot', 'tracemalloc._Traces']
const read = (bytes: Uint8Array | string, limits?: UnpickleLimits) =>
  unpickle(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, 'x.pickle', CLASSES, limits)
const goldens = join(import.meta.dirname, 'goldens/snapshots')
const pickles = readdirSync(goldens).filter(name => name.endsWith('.pickle'))

test('plain values, as CPython pickles them', () => {
  // pickle.dumps((0, 255, 65535, -5, 2**40, -2**40, 1.5, True, None, 'é', 'x' * 300), 2)
  const text = '\x80\x02(K\x00K\xffM\xff\xffJ\xfb\xff\xff\xff\x8a\x06\x00\x00\x00\x00\x00\x01\x8a\x06\x00\x00\x00\x00\x00\xffG?\xf8\x00\x00\x00\x00\x00\x00\x88N' +
    `X\x02\x00\x00\x00\xc3\xa9q\x00X\x2c\x01\x00\x00${'x'.repeat(300)}q\x01tq\x02.`
  expect(read(text)).toEqual([0, 255, 65535, -5, 2 ** 40, -(2 ** 40), 1.5, true, null, 'é', 'x'.repeat(300)])
  // pickle.dumps({'a': [1, (), ('b',)]}, 5)
  const dict = read('\x80\x05\x95\x16\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x01a\x94]\x94(K\x01)\x8c\x01b\x94\x85\x94es.')
  expect(dict).toBeInstanceOf(PickledDict)
  expect(((dict as PickledDict).entries.get('a') as PickledList).items).toEqual([1, [], ['b']])
  // pickle.dumps(os.fsdecode(b'caf\xe9.py'), 4): a name that is not UTF-8
  expect(read('\x80\x04\x95\x0d\x00\x00\x00\x00\x00\x00\x00\x8c\x09caf\xed\xb3\xa9.py\x94.')).toBe('caf\udce9.py')
})

test('a class that a snapshot has is its name and attributes; any other is refused by name, and nothing runs', () => {
  const instance = read('\x80\x04\x8c\x0btracemalloc\x8c\x08Snapshot\x93)\x81}\x8c\x01aK\x07sb.') as PickledInstance
  expect(instance.className).toBe('tracemalloc.Snapshot')
  expect(instance.attributes!.entries.get('a')).toBe(7)
  // class X: __reduce__ = lambda self: (os.system, ('touch /tmp/x',)), in protocols 4 and 2
  expect(() => read('\x80\x04\x95\x26\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x0ctouch /tmp/x\x94\x85\x94R\x94.')).toThrow('posix.system')
  expect(() => read('\x80\x02cposix\nsystem\nq\x00X\x0c\x00\x00\x00touch /tmp/xq\x01\x85q\x02Rq\x03.')).toThrow('it asks for posix.system')
  expect(() => read('\x80\x04\x8c\x0btracemalloc\x8c\x05start\x93)R.')).toThrow('tracemalloc.start')
  expect(() => read('\x80\x04\x8c\x0btracemalloc\x8c\x08Snapshot\x93)R.')).toThrow('at byte 27 its pickle has the instruction 0x52')
})

test.each([
  ['', 'damaged', 'cut short'], ['\x80', 'damaged', 'cut short'], ['\x80\x04', 'damaged', 'cut short'], ['(dp0\n.', 'not-a-recording', 'does not begin as one'],
  ['\x80\x06.', 'newer-version', 'protocol 6'], ['\x80\x01.', 'damaged', 'its protocol is 1'], ['\x80\x04.', 'damaged', 'stack is empty'],
  ['\x80\x04NN.', 'damaged', 'left over'], ['\x80\x04K\x010.', 'damaged', 'stack is empty'], ['\x80\x04(K\x01\x86.', 'damaged', 'stack is empty'],
  ['\x80\x04t.', 'damaged', 'a mark is missing'], ['\x80\x04(.', 'damaged', 'stack is empty'], ['\x80\x04N(\x94.', 'damaged', 'stack is empty'],
  ['\x80\x04h\x05.', 'damaged', 'before it is there'], ['\x80\x04Nr\xff\xff\xff\xff.', 'damaged', 'its memo has a gap'],
  ['\x80\x04X\xff\xff\xff\xffabc.', 'damaged', 'cut short'], ['\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\xffabc.', 'damaged', 'cut short'],
  ['\x80\x04\x8b\xff\xff\xff\xff.', 'damaged', 'negative length'], ['\x80\x04\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00\x01.', 'damaged', 'too large'],
  ['\x80\x04\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x01.', 'damaged', 'too large'], ['\x80\x04\x8c\x01\xff.', 'damaged', 'not UTF-8'],
  ['\x80\x04)K\x01a.', 'damaged', 'no list'], ['\x80\x04}K\x01K\x02s.', 'damaged', 'key that is no string'], ['\x80\x04})}b.', 'damaged', 'unknown way'],
  ['\x80\x04cos\n', 'damaged', 'does not end'], ['\x80\x04N)\x81.', 'damaged', 'unknown way'],
])('%j is %s: %s', (text, code, words) => {
  try {
    read(text)
  } catch (error) {
    expect(error).toBeInstanceOf(MoltError)
    expect([(error as MoltError).code, (error as MoltError).message]).toEqual([code, expect.stringContaining(words)])
    return
  }
  expect.unreachable()
})

test('what it may take is bounded', () => {
  const few = { values: 100, containers: 10, stack: 50, memo: 20 }
  expect(() => read(`\x80\x04${')'.repeat(60)}.`, few)).toThrow('its stack grows too large')
  expect(() => read(`\x80\x04${']0'.repeat(20)}.`, few)).toThrow('too many lists')
  expect(() => read(`\x80\x04N${'\x85'.repeat(200)}.`, few)).toThrow('too many values')
  expect(() => read(`\x80\x04N${'\x94'.repeat(30)}.`, few)).toThrow('its memo has a gap')
  // Ten million tuples in each other: nothing recurses.
  const deep = new Uint8Array(5_000_003).fill(0x85)
  deep.set([0x80, 4, 0x29])
  deep[deep.length - 1] = 0x2e
  let value = read(deep)
  let depth = 0
  for (; Array.isArray(value) && value.length > 0; value = value[0]!) depth++
  expect(depth).toBe(deep.length - 4)
  expect(() => tracesOf(read(deep), 'x.pickle')).toThrow('it holds no tracemalloc.Snapshot')
})

function random(seed: number): (below: number) => number {
  return below => {
    seed = Math.imul(seed ^ seed >>> 15, 0x2c1b3c6d) + 0x9e3779b9 | 0
    return ((seed ^ seed >>> 12) >>> 0) % below
  }
}

/** True if it was read, false if it was refused with a sentence; anything else throws. */
function survives(bytes: Uint8Array): boolean {
  try {
    const traces = tracesOf(read(bytes), 'x.pickle')
    expect(traces.figures.length).toBe(traces.sites.count * 2)
    expect(Number.isSafeInteger(traces.totalBytes)).toBe(true)
    return true
  } catch (error) {
    if (error instanceof MoltError) return false
    throw error
  }
}

test('cut short anywhere, a snapshot is refused', () => {
  expect(pickles.length).toBe(15)
  for (const name of ['3.8-before.pickle', '3.13-after.pickle', '3.11-after-protocol-2.pickle']) {
    const bytes = readFileSync(join(goldens, name))
    for (let length = 0; length < bytes.length; length += length < 200 ? 1 : 7) expect(survives(bytes.subarray(0, length))).toBe(false)
    expect(survives(bytes)).toBe(true)
  }
})

test('bytes changed, put in and taken out at random: read or refused, never anything else', () => {
  let refused = 0
  const below = random(7)
  const start = performance.now()
  for (let n = 0; n < 4000; n++) {
    let bytes = new Uint8Array(readFileSync(join(goldens, pickles[n % pickles.length]!)))
    for (let changes = 1 + below(8); changes > 0; changes--) {
      const at = below(bytes.length)
      const kind = below(4)
      if (kind === 0) bytes[at] = below(256)
      else if (kind === 1) bytes[at] = bytes[at]! ^ 1 << below(8)
      else if (kind === 2) bytes.set(bytes.subarray(below(bytes.length)).slice(0, below(20)).subarray(0, bytes.length - at), at)
      else bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + below(12))])
    }
    if (!survives(bytes)) refused++
  }
  expect(refused).toBeGreaterThan(1000)
  expect(performance.now() - start).toBeLessThan(50_000)
})

test('nonsense made of the machine\'s own instructions', () => {
  const opcodes = [...'.(01N\x88\x89KMJ\x8a\x8bG\x8cX\x8d)\x85\x86\x87t]ae}suqr\x94hjc\x93\x81b\x95'].map(c => c.charCodeAt(0))
  const below = random(3)
  for (let n = 0; n < 20_000; n++) {
    const bytes = Uint8Array.from({ length: 3 + below(60) }, (_, i) => (i === 0 ? 0x80 : i === 1 ? 4 : below(3) === 0 ? below(256) : opcodes[below(opcodes.length)]!))
    expect(survives(bytes)).toBe(false)
  }
})
