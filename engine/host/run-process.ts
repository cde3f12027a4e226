// Entry of the run process: one run, told what to do by the store process that forked it. If that goes away (the window
// was closed), the run is stopped and its recording closed.
import type { ReplayOutcome } from '../rpc/contract-replay'
import { toEnvelope } from '../rpc/errors'
import type { FromRun, ToRun } from './run-messages'
import { startReplay } from './replay'
import { RunSession, type SessionEnd } from './run-session'
import { prepareScript } from './script-source'
import { takeAfterRun } from './take-snapshot'

const PROGRESS_MS = 100
let session: RunSession | null = null

/** The callback takes the error of a parent that has died meanwhile; 'disconnect' follows and stops the run. */
function send(message: FromRun, sent: () => void = () => {}): void {
  if (process.connected) process.send?.(message, undefined, undefined, sent)
}

/** The last message. Closing the channel throws away what still waits in it, so only after that has gone out. */
function sendLast(message: FromRun): void {
  send(message, () => { if (process.connected) process.disconnect() })
}

function start(message: ToRun & { type: 'start' }): void {
  const { request, settings, output, workerPath, dataFolder } = message
  try {
    const script = prepareScript(request.source)
    session = new RunSession({
      script, sourceKind: request.source.kind, arguments: request.arguments ?? [], settings, workerPath, dataFolder, output, io: 'relayed',
      onOutput: (fd, tick, bytes) => send({ type: 'output', fd, tick, bytes }),
      onInputWanted: () => send({ type: 'input-wanted' }),
    })
    send({ type: 'started', name: script.name })
  } catch (error) {
    return sendLast({ type: 'failed', error: toEnvelope(error) })
  }
  const running = session
  if (request.stdin !== 'interactive') {
    if (request.stdin) running.write(new TextEncoder().encode(request.stdin.text))
    running.endInput()
  }
  const timer = setInterval(() => send({ type: 'progress', progress: running.progress() }), PROGRESS_MS)
  void running.done.then(async ({ reason, exitCode, message, stack }) => {
    clearInterval(timer)
    if (stack) process.stderr.write(`${stack}\n`)
    if (reason === 'finished') await takeAfterRun(output.path, settings.snapshots, { workerPath, dataFolder })
    sendLast({ type: 'ended', reason, exitCode, message, progress: running.progress() })
  })
}

function replay({ recording, plan, output, workerPath, dataFolder }: ToRun & { type: 'replay' }): void {
  try {
    const started = startReplay(recording, {
      ...plan, output, workerPath, dataFolder,
      onOutput: (fd, tick, bytes) => send({ type: 'output', fd, tick, bytes }),
      onProgress: progress => send({ type: 'progress', progress }),
    })
    session = started.session
    send({ type: 'started', name: started.name })
    const last = (end: SessionEnd, outcome?: ReplayOutcome) => {
      if (end.stack) process.stderr.write(`${end.stack}\n`)
      const { reason, exitCode, message } = end
      sendLast({ type: 'ended', reason, exitCode, message, progress: started.session.progress(), ...(outcome && { replay: outcome }) })
    }
    started.done.then(
      ({ end, ...outcome }) => last(end, outcome),
      error => last({ reason: 'crashed', exitCode: 70, message: toEnvelope(error).message, stack: '' }))
  } catch (error) {
    sendLast({ type: 'failed', error: toEnvelope(error) })
  }
}

process.on('message', (message: ToRun) => {
  if (message.type === 'start') start(message)
  else if (message.type === 'replay') replay(message)
  else if (message.type === 'stop') session?.stop('stopped', message.message)
  else if (message.type === 'pause') session?.pause(message.paused)
  else if (message.type === 'snapshot') session?.snapshot()
  else {
    session?.write(message.bytes)
    if (message.end) session?.endInput()
  }
})
process.on('disconnect', () => session?.stop('stopped', 'Molt was closed while the script ran.'))
// A Ctrl+C in the host's terminal reaches this process too; the host decides.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => session?.stop('stopped', 'Molt was ended by the system.'))
