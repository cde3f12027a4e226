// One run of a program in this thread: the RunScript that the worker calls.
import { resolve } from 'node:path'
import { allocatorStart } from '../memory/allocator-start'
import { GEOMETRY_3_11, GEOMETRY_TEXTBOOK } from '../memory/arenas'
import type { EventLog } from '../memory/event-log'
import { PyErr_Occurred } from '../python/objects/errors'
import { PyExc_MemoryError } from '../python/objects/exceptions'
import type { PyObject } from '../python/objects/object'
import { _PyRuntime } from '../python/objects/runtime'
import { endProgram, finalizeInterpreter, flushStreams } from '../python/vm/finalize'
import { installLedger, ledgerFilter, onRecording } from '../python/heap/reference-ledger'
import { ReferenceWatch } from '../python/heap/reference-watch'
import { FrameTrie } from '../python/vm/execution-point'
import { CHECK_INTERVAL, RunEnded, hostCheck } from '../python/vm/eval-breaker'
import { interruptMain } from '../python/vm/interrupt'
import { runModule } from '../python/vm/run-module'
import {
  INTERRUPTED, canonicalMain, compileProgram, reportUncaught, runMain, startInterpreter,
} from '../python/vm/startup'
import { markHook, snapshotHook } from '../python/modules/sysmodule'
import { EXECUTABLE, LIBRARY_PATH, PREFIX } from '../python/modules/library-paths'
import { REQUEST_INTERRUPT, REQUEST_SNAPSHOT, REQUEST_STOP, type Sender } from '../recording/sender'
import { START_NS, machineClock, now as timeOfDay, setClockMode } from '../python/modules/clock'
import { InputPlayer } from './input-player'
import { InputRecorder } from './input-recorder'
import { folderMount } from './mounts'
import { isExhaustion, reportExhaustion } from './exhaustion'
import { SnapshotTaker, snapshotPlan } from './snapshots'
import type { RunIo, RunOptions, RunResult } from './interpreter-api'
import { programFiles } from './program-files'

/** Exit code of a run that came to --max-ticks: what timeout(1) gives. */
const EXIT_LIMIT = 124

/** Runs a program with all it says and allocates going to `sender`. */
export function runScript(options: RunOptions, sender: Sender, io: RunIo): RunResult {
  const { settings, source } = options
  const player = options.inputs ? new InputPlayer(options.inputs) : null
  const inputs = options.recordInputs ? new InputRecorder(sender) : null
  const clock = player?.clock() ?? machineClock()
  setClockMode(settings.clock, inputs?.clock(clock) ?? clock)
  let started = false
  const fs = programFiles(options, () => Number((started ? timeOfDay() : START_NS) / 1_000_000n) / 1000, (path, index) => {
    const mount = player?.mount(path, index) ?? folderMount(path)
    return inputs?.mount(mount, index) ?? mount
  })
  const outside = player?.io(io) ?? io
  const argv0 = source.kind === 'file' ? source.argv0 : source.kind === 'code' ? '-c' : '-m'
  // Code that is in no file imports from wherever the current folder is, as in CPython.
  const first = source.kind === 'code' || source.kind === 'file' && source.argv0 === '-' ? '' : options.folder
  if (settings.record === 'ledger') installLedger(() => _PyRuntime.process.log, sender, ledgerFilter(settings.ledger))
  startInterpreter({
    sys: {
      argv: [argv0, ...options.arguments],
      path: [first, ...settings.paths.map(p => resolve(p)), ...LIBRARY_PATH],
      prefix: PREFIX, executable: EXECUTABLE, hashSeed: settings.seed, site: true,
    },
    io: recordedIo(inputs?.io(outside) ?? outside, sender), fs, hashSeed: settings.seed, optimize: 0, unbuffered: true, sink: sender,
    memory: { gcThresholds: settings.gcThreshold, geometry: settings.allocator === 'textbook' ? GEOMETRY_TEXTBOOK : GEOMETRY_3_11 },
  })
  started = true
  const rt = _PyRuntime
  const { process } = rt
  rt.tickBase[0] = 0 // what was executed to start the interpreter is not part of the run
  for (const t of rt.threads) {
    t.recursion_remaining += settings.stackDepth - t.recursion_limit
    t.recursion_limit = settings.stackDepth
  }
  process.log.begin(sender.firstChunk)
  process.log.onFull = (words, used) => sender.chunk(words, used)
  const trie = new FrameTrie(sender)
  process.log.point = trie
  sender.attach(process.log)
  const tick = (): number => rt.tickBase[0]! + (rt.tstate.frame?.pc ?? 0)
  const snapshots = new SnapshotTaker(
    sender, process.log, snapshotPlan(settings.snapshots), options.snapshotEvents ?? [], settings.record !== 'none', tick)
  endAt(options, process.log, trie, snapshots)
  sender.collected = working => {
    if (working.generation === 2) snapshots.fullCollection()
  }
  let marks = 0
  markHook.current = label => {
    sender.defineMark(++marks, label)
    if (process.log.enabled) process.log.mark(marks)
    snapshots.mark(label)
  }
  snapshotHook.current = label => snapshots.requested(label)
  hostCheck.current = {
    poll() {
      const now = tick()
      let request = sender.poll(now)
      if (player !== null) request = player.poll(request)
      inputs?.poll(request, now)
      if ((request & REQUEST_STOP) !== 0) throw new RunEnded('stopped', 'stopped on request')
      if ((request & REQUEST_INTERRUPT) !== 0) interruptMain()
      if ((request & REQUEST_SNAPSHOT) !== 0) snapshots.requested('')
      snapshots.poll(now)
      if (settings.maxTicks > 0 && now > settings.maxTicks) throw new RunEnded('ticks', `Stopped after ${settings.maxTicks.toLocaleString('en')} instructions (--max-ticks).`)
    },
  }
  const watch = options.watch ? new ReferenceWatch(process.log, options.watch) : null
  rt.countdown = CHECK_INTERVAL
  let exitCode = 1
  let message = ''
  let reason: RunResult['reason'] = 'finished'
  let end = -1
  try {
    const begin = (program: PyObject | null = null): void => {
      // What the interpreter took to start is not the script's.
      if (settings.maxMemoryBytes > 0) process.space.limitBytes = process.space.committedBytes + settings.maxMemoryBytes
      sender.defineAddresses(process.space.granuleBytes, process.space.boundary)
      if (settings.record === 'full' || settings.record === 'ledger') sender.defineAllocator(allocatorStart(process.obmalloc))
      if (settings.record !== 'none') process.startRecording()
      onRecording.current(true)
      watch?.begin(program)
      rt.running = true
    }
    if (source.kind === 'module') exitCode = runModule(source.module, begin)
    else {
      const name = source.kind === 'file' ? source.path : '<string>'
      const code = compileProgram(source.kind === 'file' ? source.bytes : source.code, name)
      if (code === null) exitCode = reportUncaught()
      else {
        const main = canonicalMain(source.kind === 'file' && source.argv0 !== '-' ? name : null)
        begin(code)
        exitCode = runMain(main, code)
      }
    }
    endProgram()
    // What is alive now is what the recording ends with: the teardown frees everything, and tells nothing.
    onRecording.current(false)
    process.stopRecording()
    snapshots.end()
    watch?.end()
    rt.running = false
    end = tick()
    finalizeInterpreter()
  } catch (error) {
    if (error instanceof RunEnded) {
      rt.tstate.curexc_type = null
      ;({ reason, exitCode, message } = endedBy(error))
      // os._exit flushes nothing, as in CPython.
      if (error.reason !== 'exit' && error.reason !== 'until') flushQuietly()
    } else if (!isExhaustion(error)) throw error
    else {
      exitCode = reportExhaustion(error)
      flushQuietly()
      reason = 'memory-limit'
    }
  }
  if (rt.uncaught !== '') message = rt.uncaught
  if (exitCode === 1 && rt.uncaughtType === PyExc_MemoryError && settings.maxMemoryBytes > 0) reason = 'memory-limit'
  onRecording.current(false)
  process.stopRecording()
  sender.finish(end < 0 ? tick() : end)
  const watched = watch?.end()
  return { exitCode, reason, message, missing: [...fs.missing], ...(watched && { watched }), ...(player && { unknown: [...player.unknown] }) }
}

/** Ends the run exactly where it is asked to: before the first event after that instant. */
function endAt({ untilEvent, untilTick }: RunOptions, log: EventLog, trie: FrameTrie, snapshots: SnapshotTaker): void {
  const end = (): never => {
    log.point = trie
    snapshots.end()
    onRecording.current(false)
    log.enabled = false
    throw new RunEnded('until', `Ended after ${log.eventCount.toLocaleString('en')} events, as asked.`)
  }
  if (untilEvent !== undefined) log.pauseAfter(untilEvent, end)
  if (untilTick === undefined) return
  log.point = {
    refresh() {
      trie.refresh(log)
      if (_PyRuntime.tickBase[0]! + (_PyRuntime.tstate.frame?.pc ?? 0) > untilTick && (log.tick - untilTick | 0) > 0) end()
    },
  }
}

/** How a run ends that did not end by itself. */
function endedBy(end: RunEnded): RunResult {
  switch (end.reason) {
    case 'exit': return { reason: 'finished', exitCode: Number(end.message), message: '' }
    case 'ticks': return { reason: 'tick-limit', exitCode: EXIT_LIMIT, message: end.message }
    case 'deadlock': return { reason: 'stopped', exitCode: 1, message: end.message }
    case 'until': return { reason: 'stopped', exitCode: 0, message: end.message }
    case 'stopped': return { reason: 'stopped', exitCode: INTERRUPTED, message: '' }
  }
}

function flushQuietly(): void {
  try {
    if (PyErr_Occurred() === null) flushStreams()
  } catch {
    // The interpreter was stopped in the middle of something; what it had written is out already.
  }
}

/** Output goes to the process and into the recording. */
function recordedIo(io: RunIo, sender: Sender): RunIo {
  return {
    isatty: fd => io.isatty(fd),
    read: (fd, size) => io.read(fd, size),
    write(fd, bytes) {
      if (!io.write(fd, bytes)) {
        if (io.writeError !== undefined) this.writeError = io.writeError
        return false
      }
      if (fd === 1 || fd === 2) {
        sender.output(fd, bytes)
        const log = _PyRuntime.process.log
        if (log.enabled) log.output(fd, bytes.length)
      }
      return true
    },
  }
}

