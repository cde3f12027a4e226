// How long the read models take on a large recording. Run with: node bench/queries.mjs [MILLIONS] [LIVE BLOCKS]
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { diffInstants, diffObjects, diffRange } from '../engine/queries/diff-instants'
import { OpenRecording } from '../engine/queries/open-recording'
import { MemoryState } from '../engine/recording/memory-state'
import { measureTree } from '../engine/queries/measure-tree'
import { measureSites } from '../engine/queries/measures'
import { runReport } from '../engine/queries/run-report'
import { describeInstant, stepInstant } from '../engine/queries/instant'
import { growthOf } from '../engine/queries/growth'
import { partingOf } from '../engine/queries/run-parting'
import { sourceLines } from '../engine/queries/source-lines'
import { statisticsAt } from '../engine/queries/statistics-at'
import { timelineRange } from '../engine/queries/timeline-range'
import { typesAt } from '../engine/queries/types-at'
import { RING_CHUNKS, STATE, shareMemory } from '../engine/recording/protocol'
import { Recorder } from '../engine/recording/recorder'
import { Sender } from '../engine/recording/sender'
import { SyntheticProgram } from '../engine/recording/testing/synthetic'
import { RecordingWriter } from '../engine/store/writer'

const millions = Number(process.argv[2] ?? 10)
const live = Number(process.argv[3] ?? 100_000)
const folder = mkdtempSync(join(tmpdir(), 'molt-bench-'))
const path = join(folder, 'large.molt')
const writer = new RecordingWriter(path, false, {
  script_name: 'bench.py', script_path: '/bench.py', source_kind: 'path', arguments: '[]', settings: '{"gcThreshold":[700,10,10]}', engine_version: '',
  python_version: '3.11.7', started_ms: Date.now(),
})
const recorder = new Recorder(writer, { level: 'full', originOf: () => 'script' })
const memory = shareMemory()
const sender = new Sender(memory, {
  events: true,
  post: message => {
    recorder.message(message, message.chunk < 0 ? null : memory.chunks[message.chunk]!)
    for (let i = 0; i < RING_CHUNKS; i++) memory.control[STATE + i] = 0
  },
})
const program = new SyntheticProgram(sender, { live, chunk: sender.firstChunk, rare: 2, depth: 5, callSites: 2 })
sender.attach(program.log)
while (program.log.eventCount < millions * 1e6) program.run(10_000)
sender.finish(program.tick)
recorder.finish('finished', 0, '')
console.log(`${millions} M events, ${recorder.state.liveBlocks} live blocks, ${recorder.siteCount} sites, ${(statSync(path).size / 2 ** 20).toFixed(0)} MiB`)

const time = <T>(name: string, work: () => T): T => {
  const start = performance.now()
  const result = work()
  console.log(`${name.padEnd(46)}${(performance.now() - start).toFixed(1).padStart(8)} ms`)
  return result
}
const recording = time('open', () => new OpenRecording(path))
const recordingId = 0
const last = program.tick
const statistics = (at: number | string) => () => statisticsAt(recording, { recordingId, at, groupBy: 'lineno' })
time('statistics at the end', statistics('end'))
time('statistics at the peak', statistics('peak'))
for (const part of [0.5, 0.9, 0.1, 0.7, 0.3, 0.33]) time(`statistics, jump to ${part}`, statistics(Math.floor(last * part)))
for (let i = 1; i <= 3; i++) time(`statistics, ${i} small step on`, statistics(Math.floor(last * 0.33) + i * 5000))
for (let i = 1; i <= 3; i++) time(`statistics, ${i} small step back`, statistics(Math.floor(last * 0.33) - i * 5000))
time('compare 0.2 to 0.8', () => statisticsAt(recording, { recordingId, at: Math.floor(last * 0.8), compareTo: Math.floor(last * 0.2), groupBy: 'traceback' }))
for (const by of ['type', 'line', 'traceback'] as const) {
  time(`diff 0.7 to the end by ${by}`, () => diffInstants(recording, { recordingId, compareTo: Math.floor(last * 0.7), at: 'end', by }))
}
time('diff 0.7 to the end, new objects', () => diffObjects(recording, { recordingId, compareTo: Math.floor(last * 0.7), at: 'end', fate: 'new', limit: 25 }))
time('made 0.5 to 0.7, alive at the end', () => diffRange(recording, { recordingId, from: Math.floor(last * 0.5), to: Math.floor(last * 0.7), at: 'end', by: 'line' }))
time('where two equal runs part', () => partingOf(recording, recording))
time('types at 0.6', () => typesAt(recording, { recordingId, at: Math.floor(last * 0.6) }))
time('timeline, all', () => timelineRange(recording, { recordingId, slots: 1500 }))
time('timeline, all, alive at 0.6', () => timelineRange(recording, { recordingId, slots: 1500, aliveAt: Math.floor(last * 0.6) }))
time('timeline, 1/50', () => timelineRange(recording, { recordingId, slots: 1500, fromTick: Math.floor(last * 0.4), toTick: Math.floor(last * 0.42) }))
time('timeline, 1/2000', () => timelineRange(recording, { recordingId, slots: 1500, fromTick: Math.floor(last * 0.4), toTick: Math.floor(last * 0.4005) }))
time('source lines at 0.6', () => sourceLines(recording, { recordingId, fileId: 1, at: Math.floor(last * 0.6) }))
time('source lines at 0.61', () => sourceLines(recording, { recordingId, fileId: 1, at: Math.floor(last * 0.61) }))
time('describe 0.25', () => describeInstant(recording, { recordingId, at: Math.floor(last * 0.25) }))
time('next line from 0.25', () => stepInstant(recording, { recordingId, at: Math.floor(last * 0.25), by: 'line', direction: 1 }))
time('summary', () => runReport(recording, { recordingId }))
for (const measure of ['peak', 'survived', 'leaks', 'allocated'] as const) {
  time(`${measure}, whole run`, () => measureSites(recording, { measure, at: 'end' }))
  time(`${measure}, 0.2 to 0.8`, () => measureSites(recording, { measure, from: Math.floor(last * 0.2), at: Math.floor(last * 0.8) }))
}
time('tree at the peak', () => measureTree(recording, { recordingId, measure: 'peak', at: 'end' }))
time('tree, inverted', () => measureTree(recording, { recordingId, measure: 'peak', at: 'end', inverted: true }))
for (const measure of ['temporary', 'bytes-ticks'] as const) time(`${measure}, whole run (every event)`, () => measureSites(recording, { measure, at: 'end' }))
time('replay of the whole run, to compare with', () => {
  const state = new MemoryState({ partial: true })
  for (const chunk of recording.reader.chunksOf(0, Infinity)) state.apply(recording.columns(chunk), 0, chunk.event_count, recording.sites)
})

// Whichever tick: uniformly random ones, each far from the one before. On a busy machine look at the processor time.
const percentiles = (name: string, count: number, work: (tick: number) => unknown): void => {
  let seed = 1
  const wall: number[] = []
  const processor: number[] = []
  for (let i = 0; i < count; i++) {
    seed = Math.imul(seed, 1103515245) + 12345 >>> 0
    const tick = Math.floor(seed / 2 ** 32 * last)
    const start = performance.now()
    const used = process.cpuUsage()
    work(tick)
    wall.push(performance.now() - start)
    const { user, system } = process.cpuUsage(used)
    processor.push((user + system) / 1000)
  }
  const at = (times: number[], share: number) => times.sort((a, b) => a - b)[Math.min(count - 1, Math.floor(count * share))]!.toFixed(1)
  const line = (times: number[]) => `median ${at(times, 0.5)}, 95 % below ${at(times, 0.95)}, slowest ${at(times, 1)} ms`
  console.log(`${`${name}, ${count} random ticks`.padEnd(38)}${line(wall)}; of the processor ${line(processor)}`)
}
percentiles('statistics by line', 300, tick => statistics(tick)())
percentiles('types', 300, tick => typesAt(recording, { recordingId, at: tick }))
percentiles('describe', 300, tick => describeInstant(recording, { recordingId, at: tick }))
percentiles('all live blocks', 100, tick => recording.stateAt(recording.resolve(tick)))
time('growth of all lines, tracebacks and types', () => growthOf(recording, { by: 'line', limit: 200 }))
time('growth by traceback, after that', () => growthOf(recording, { by: 'traceback', limit: 200 }))
recording.close()
if (!process.env.KEEP) rmSync(folder, { recursive: true })
else console.log(path)
