// utilityProcess: a forked Node with `process.parentPort` (child.mjs).
import { fork } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { nextId } from './ids.mjs'

export const children = new Set()

class UtilityProcess extends EventEmitter {
  ports = new Map()

  constructor(path, args = [], options = {}) {
    super()
    const child = fork(path, args, {
      serialization: 'advanced', env: options.env ?? process.env, cwd: options.cwd,
      execArgv: ['--import', new URL('./child.mjs', import.meta.url).href, ...(options.execArgv ?? [])],
      stdio: options.stdio === 'pipe' ? ['ignore', 'pipe', 'pipe', 'ipc'] : ['ignore', 'inherit', 'inherit', 'ipc']
    })
    this.child = child
    this.stdout = child.stdout
    this.stderr = child.stderr
    children.add(child)
    child.once('spawn', () => this.emit('spawn'))
    child.once('exit', (code, signal) => {
      children.delete(child)
      for (const port of this.ports.values()) port.close()
      this.emit('exit', code ?? (signal ? 1 : 0))
    })
    child.on('message', message => {
      if (message.kind === 'parent') this.emit('message', message.data)
      else if (message.kind === 'port') this.ports.get(message.id)?.out(message.data)
      else if (message.kind === 'port-close') {
        this.ports.get(message.id)?.close()
        this.ports.delete(message.id)
      }
    })
  }

  get pid() { return this.child.pid }
  kill() { return this.child.kill() }

  postMessage(data, transfer = []) {
    const tell = message => { if (this.child.connected) this.child.send(message) }
    const given = transfer.map(port => {
      const id = nextId()
      this.ports.set(id, port)
      port.rewire(received => tell({ kind: 'port', id, data: received }), () => tell({ kind: 'port-close', id }))
      return id
    })
    tell({ kind: 'parent', data, ports: given })
  }
}

export const utilityProcess = { fork: (...args) => new UtilityProcess(...args) }
