// Stands in for the interpreter in tests of everything around it: its "scripts" are lists of commands, one a line, carried
// out by the made-up program of engine/recording/testing.
//
//   steps N      N random instructions        print TEXT   a line on stdout      error TEXT  one on stderr
//   mark LABEL   a mark                       echo         stdin, line by line, to stdout
//   loop         for ever, with polls         stuck        for ever, without     sleep MS    really
//   args         the arguments as JSON        exit N       ends with N           crash       throws, as a fault of ours would
//   kill         the process kills itself, as SIGKILL from outside would
import { SyntheticProgram } from '../../recording/testing/synthetic'
import { REQUEST_INTERRUPT, REQUEST_STOP } from '../../recording/sender'
import type { RunResult, RunScript } from '../interpreter-api'
import { runWorker } from '../worker-main'

const runScript: RunScript = (options, sender, io): RunResult => {
  const { source } = options
  const text = source.kind === 'file' ? new TextDecoder().decode(source.bytes) : source.kind === 'code' ? source.code : ''
  const program = new SyntheticProgram(sender, { seed: options.settings.seed || 1, live: 2000, rare: 0, chunk: sender.firstChunk, defer: true })
  sender.attach(program.log)
  sender.defineAddresses(16, 0)
  program.define(source.kind === 'file' ? source.path : '<string>', text)
  const write = (fileDescriptor: number, line: string) => {
    if (io.write(fileDescriptor, new TextEncoder().encode(line))) program.print(line, fileDescriptor)
  }
  const result = (exitCode: number, reason: RunResult['reason'] = 'finished', message = ''): RunResult => {
    sender.finish(program.tick)
    return { exitCode, reason, message }
  }
  let requests = 0
  const steps = (count: number): boolean => {
    for (let done = 0; done < count; done += 1000) {
      program.run(Math.min(1000, count - done))
      requests = sender.poll(program.tick)
      if (requests !== 0) return false
      if (options.settings.maxTicks > 0 && program.tick > options.settings.maxTicks) return false
    }
    return true
  }
  for (const line of text.split('\n')) {
    const [command = '', ...rest] = line.split(' ')
    const argument = rest.join(' ')
    let goOn = true
    if (command === 'steps') goOn = steps(Number(argument))
    else if (command === 'print') write(1, `${argument}\n`)
    else if (command === 'error') write(2, `${argument}\n`)
    else if (command === 'mark') program.mark(argument)
    else if (command === 'args') write(1, `${JSON.stringify(options.arguments)}\n`)
    else if (command === 'loop') goOn = steps(Infinity)
    else if (command === 'exit') return result(Number(argument))
    else if (command === 'crash') throw new Error('the fake interpreter was told to crash')
    else if (command === 'kill') {
      sender.flush()
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 700)
      process.kill(process.pid, 'SIGKILL')
    } else if (command === 'sleep') {
      sender.flush()
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(argument))
    } else if (command === 'stuck') {
      sender.flush()
      for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
    } else if (command === 'echo') {
      for (;;) {
        const bytes = io.read(0, 100)
        if (bytes === null || bytes.length === 0) break
        write(1, new TextDecoder().decode(bytes))
      }
    }
    if (goOn) continue
    if (requests & REQUEST_STOP) return result(130, 'stopped')
    if (requests & REQUEST_INTERRUPT) {
      write(2, 'KeyboardInterrupt\n')
      return result(130)
    }
    return result(1, 'tick-limit', 'The limit of instructions was reached.')
  }
  return result(0)
}

runWorker(runScript, options => ({ script: options.source.kind, folder: options.folder }))
