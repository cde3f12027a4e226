import { EventEmitter } from 'node:events'

/** MessagePortMain: queues until start(), emits { data, ports }. `out` takes what is posted. */
export class Port extends EventEmitter {
  #started = false
  #queue = []
  #closed = false

  constructor(out, onClose) {
    super()
    this.out = out
    this.onClose = onClose
  }

  postMessage(data) { if (!this.#closed) this.out(structuredClone(data)) }

  start() {
    this.#started = true
    for (const data of this.#queue.splice(0)) this.emit('message', { data, ports: [] })
  }

  close() {
    if (this.#closed) return
    this.ended()
    this.onClose()
  }

  receive(data) {
    if (this.#started) this.emit('message', { data, ports: [] })
    else this.#queue.push(data)
  }

  ended() {
    if (this.#closed) return
    this.#closed = true
    this.emit('close')
  }

  /** A port that is handed to another process: its traffic goes on there. */
  rewire(receive, ended) {
    this.receive = receive
    this.ended = ended
  }
}

export class MessageChannelMain {
  constructor() {
    const later = deliver => data => queueMicrotask(() => deliver(data))
    this.port1 = new Port(later(data => this.port2.receive(data)), () => this.port2.ended())
    this.port2 = new Port(later(data => this.port1.receive(data)), () => this.port1.ended())
  }
}
