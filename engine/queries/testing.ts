// For tests of the read models: a synthetic run recorded to a file, beside the naive model of the same events.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EventSink } from '../memory/event-sink'
import { RING_CHUNKS, shareMemory, STATE } from '../recording/protocol'
import { Recorder, type Level } from '../recording/recorder'
import { Sender } from '../recording/sender'
import { NaiveModel } from '../recording/testing/naive-model'
import { SyntheticProgram, type SyntheticOptions } from '../recording/testing/synthetic'
import { RecordingWriter } from '../store/writer'
import { OpenRecording } from './open-recording'
import { DEFAULT_RUN } from './settings'

export interface RecordedRun { naive: NaiveModel; recording: OpenRecording; path: string; lastTick: number; dispose(): void }

export interface RecordOptions extends SyntheticOptions { steps: number; level?: Level; chunkEvents?: number; keyframeEvents?: number; figuresEvents?: number; pollSteps?: number }

/** Time is made up: one step is one microsecond. */
export function recordRun(options: RecordOptions): RecordedRun {
  const folder = mkdtempSync(join(tmpdir(), 'molt-query-'))
  const path = join(folder, 'run.molt')
  let nowMs = 0
  const now = () => nowMs
  const writer = new RecordingWriter(path, false, {
    script_name: 'synthetic.py', script_path: '/synthetic.py', source_kind: 'path', arguments: '[]', settings: JSON.stringify(DEFAULT_RUN),
    engine_version: '0', python_version: '3.11.7', started_ms: 1,
  })
  const recorder = new Recorder(writer, {
    level: options.level ?? 'full', originOf: name => (name.startsWith('/lib') ? 'library' : 'script'), now,
    ...(options.keyframeEvents === undefined ? {} : { keyframeEvents: options.keyframeEvents }),
    ...(options.figuresEvents === undefined ? {} : { figuresEvents: options.figuresEvents }),
  })
  const memory = shareMemory(options.chunkEvents ?? 512)
  const sender = new Sender(memory, {
    events: true, now,
    post: message => {
      recorder.message(structuredClone(message), message.chunk < 0 ? null : memory.chunks[message.chunk]!)
      for (let i = 0; i < RING_CHUNKS; i++) memory.control[STATE + i] = 0
    },
  })
  const naive = new NaiveModel()
  const program = new SyntheticProgram(both(sender, naive), { ...options, chunk: sender.firstChunk })
  sender.attach(program.log)
  const pollSteps = options.pollSteps ?? 1000
  for (let done = 0; done < options.steps; done += pollSteps) {
    program.run(Math.min(pollSteps, options.steps - done))
    nowMs += pollSteps / 1000
    sender.poll(program.tick)
  }
  sender.finish(program.tick)
  recorder.finish('finished', 0, '')
  const recording = new OpenRecording(path)
  return {
    naive, recording, path, lastTick: program.tick,
    dispose: () => {
      recording.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Tells the model first: the sender may hand the chunk on at once. */
function both(sender: Sender, naive: NaiveModel): EventSink {
  return {
    chunk: (words, used) => {
      naive.chunk(words, used)
      return sender.chunk(words, used)
    },
    defineFile: file => sender.defineFile(file),
    defineCode: code => sender.defineCode(code),
    defineContext: context => {
      naive.defineContext(context)
      sender.defineContext(context)
    },
    defineType: type => sender.defineType(type),
    defineRegions: regions => {
      naive.defineRegions(regions)
      sender.defineRegions(regions)
    },
    output: (fd, bytes) => {
      naive.output(fd, bytes)
      sender.output(fd, bytes)
    },
    defineMark: (id, label) => {
      naive.defineMark(id, label)
      sender.defineMark(id, label)
    },
    snapshot: heap => sender.snapshot(heap),
    collection: working => {
      naive.collection(working)
      sender.collection(working, 1500)
    },
  }
}
