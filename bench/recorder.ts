// How fast the recorder takes events, and how many bytes they become. Run with: node bench/recorder.mjs [MILLIONS]
//
// A made-up program (engine/recording/testing/synthetic.ts) is run beforehand into messages; only the recorder is timed,
// with its SQLite file in the temporary folder.
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RING_CHUNKS, STATE, shareMemory, type ChunkMessage } from '../engine/recording/protocol'
import { Recorder } from '../engine/recording/recorder'
import { Sender } from '../engine/recording/sender'
import { SyntheticProgram } from '../engine/recording/testing/synthetic'
import { RecordingWriter } from '../engine/store/writer'
import { EVENT_STRIDE } from '../engine/memory/events'

const millions = Number(process.argv[2] ?? 4)
const live = Number(process.argv[3] ?? 20_000)

const memory = shareMemory()
const messages: { message: ChunkMessage; words: Int32Array | null }[] = []
const sender = new Sender(memory, {
  events: true,
  post: message => {
    const words = message.chunk < 0 ? null : memory.chunks[message.chunk]!.slice(0, message.usedWords)
    messages.push({ message, words })
    for (let i = 0; i < RING_CHUNKS; i++) memory.control[STATE + i] = 0
  },
})
const program = new SyntheticProgram(sender, { live, chunk: sender.firstChunk, rare: 2, depth: 5, callSites: 2 })
sender.attach(program.log)
while (program.log.eventCount < millions * 1e6) program.run(10_000)
sender.finish(program.tick)

const folder = mkdtempSync(join(tmpdir(), 'molt-bench-'))
for (const level of ['full', 'stats'] as const) {
  const path = join(folder, `${level}.molt`)
  const writer = new RecordingWriter(path, false, {
    script_name: 'bench.py', script_path: '/bench.py', source_kind: 'path', arguments: '[]', settings: '{}', engine_version: '', python_version: '3.11.7',
    started_ms: Date.now(),
  })
  const recorder = new Recorder(writer, { level, originOf: () => 'script' })
  const start = performance.now()
  const used = process.cpuUsage()
  let events = 0
  for (const { message, words } of messages) {
    recorder.message(message, words)
    events += message.usedWords / EVENT_STRIDE
  }
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(used)
  recorder.finish('finished', 0, '')
  const total = (performance.now() - start) / 1000
  console.log(
    `${level.padEnd(6)} ${(events / 1e6).toFixed(1)} M events, ${(events / seconds / 1e6).toFixed(1)} M/s (${(seconds / events * 1e9).toFixed(0)} ns), of the processor ${((user + system) / events * 1000).toFixed(0)} ns, ` +
    `end ${((total - seconds) * 1000).toFixed(0)} ms, ${(statSync(path).size / events).toFixed(2)} bytes an event, live blocks ${recorder.state.liveBlocks}, ${recorder.siteCount} sites`)
}
rmSync(folder, { recursive: true })
