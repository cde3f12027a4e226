// Both ends of the contract over a Link. The server validates, dispatches in order of arrival with a turn of
// the event loop between two requests (so that a cancel overtakes what it cancels), and answers every
// request exactly once. The client rejects whatever waits when the link closes.
import { decode, encode } from './codec'
import type { ErrorEnvelope, EventName, Events, Message, MethodName, Params, Result } from './contract'
import { MoltError, toEnvelope } from './errors'
import type { Link } from './link'

export interface CallContext {
  /** Aborted by a cancel or when the link closes. Long methods look at it between steps. */
  signal: AbortSignal
  /** How far the answer is; sent on at most every PROGRESS_MS. Only methods that wait or yield in between can be heard. */
  progress(done: number, total: number): void
}

const PROGRESS_MS = 100

export type Handlers = {
  [N in MethodName]: (params: Params<N>, context: CallContext) => Result<N> | Promise<Result<N>>
}
export type Emit = <E extends EventName>(event: E, data: Events[E]) => void
/** Returns the checked params or throws a MoltError 'bad-request'. */
export type Validate = (method: MethodName, params: unknown) => unknown

interface Waiting { id: number; call: string; params: unknown; abort: AbortController }

/** Serves one link. Returns what ends it; `emit` sends an event to this link alone. */
export function serve(link: Link, handlers: Handlers, validate: Validate): { emit: Emit; close(): void } {
  const queue: Waiting[] = []
  const open = new Map<number, AbortController>()
  let scheduled = false
  let closed = false
  const send = (message: Message) => { if (!closed) link.send(encode(message)) }

  const runNext = () => {
    scheduled = false
    const next = queue.shift()
    if (next) void answer(next)
    if (queue.length > 0) schedule()
  }
  const schedule = () => {
    if (scheduled) return
    scheduled = true
    setImmediate(runNext)
  }
  const answer = async ({ id, call, params, abort }: Waiting) => {
    let message: Message
    try {
      if (abort.signal.aborted) throw cancelled()
      if (!Object.hasOwn(handlers, call)) throw new MoltError('no-method', `There is no method named ${call}.`)
      const method = call as MethodName
      const handler = handlers[method] as (params: unknown, context: CallContext) => unknown
      let told = 0
      const progress = (done: number, total: number) => {
        const now = performance.now()
        if (now - told < PROGRESS_MS || abort.signal.aborted) return
        told = now
        send({ id, progress: { done, total } })
      }
      const result = await handler(validate(method, params), { signal: abort.signal, progress })
      if (abort.signal.aborted) throw cancelled()
      message = { id, result: result ?? null }
    } catch (error) {
      message = { id, error: toEnvelope(error) }
    }
    open.delete(id)
    send(message)
  }

  link.onFrame(frame => {
    let message: Message
    try {
      message = decode(frame) as Message
    } catch {
      return link.close()
    }
    if ('cancel' in message) open.get(message.cancel)?.abort()
    else if ('call' in message && typeof message.id === 'number') {
      const abort = new AbortController()
      open.set(message.id, abort)
      queue.push({ id: message.id, call: String(message.call), params: message.params, abort })
      schedule()
    }
  })
  const end = () => {
    closed = true
    for (const abort of open.values()) abort.abort()
    open.clear()
    queue.length = 0
  }
  link.onClose(end)
  return {
    emit: (event, data) => send({ event, data }),
    close: () => {
      end()
      link.close()
    },
  }
}

const cancelled = () => new MoltError('cancelled', 'The request was cancelled.')

export interface Client {
  /** `onProgress` is told how far the answer is, where it takes long. */
  call<N extends MethodName>(
    method: N, params: Params<N>, signal?: AbortSignal, onProgress?: (progress: { done: number; total: number }) => void,
  ): Promise<Result<N>>
  /** Returns what takes the listener off again. */
  on<E extends EventName>(event: E, listener: (data: Events[E]) => void): () => void
  close(): void
}

/** `onClosed` is told once, when the other end went away. Rejections are MoltErrors. */
export function createClient(link: Link, onClosed: () => void = () => {}): Client {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void; progress(value: { done: number; total: number }): void }>()
  const listeners = new Map<string, Set<(data: never) => void>>()
  let next = 0
  let open = true

  link.onFrame(frame => {
    const message = decode(frame) as Message
    if ('event' in message) {
      for (const listener of listeners.get(message.event) ?? []) listener(message.data as never)
      return
    }
    if (!('id' in message)) return
    const entry = waiting.get(message.id)
    if ('progress' in message) return entry?.progress(message.progress)
    waiting.delete(message.id)
    if (!entry) return
    if ('error' in message) entry.reject(fromEnvelope(message.error))
    else if ('result' in message) entry.resolve(message.result)
  })
  link.onClose(() => {
    if (!open) return
    open = false
    const error = new MoltError('closed', 'The engine process has ended.', 'Open the recording again; what was recorded is in its file.')
    for (const entry of waiting.values()) entry.reject(error)
    waiting.clear()
    onClosed()
  })

  return {
    call: (method, params, signal, onProgress) =>
      new Promise((resolve, reject) => {
        if (!open) return reject(new MoltError('closed', 'The engine process has ended.'))
        if (signal?.aborted) return reject(cancelled())
        const id = ++next
        const onAbort = () => {
          if (!waiting.delete(id)) return
          link.send(encode({ cancel: id } satisfies Message))
          reject(cancelled())
        }
        signal?.addEventListener('abort', onAbort, { once: true })
        const done = () => signal?.removeEventListener('abort', onAbort)
        waiting.set(id, {
          resolve: value => { done(); resolve(value as never) },
          reject: error => { done(); reject(error) },
          progress: value => onProgress?.(value),
        })
        link.send(encode({ id, call: method, params } satisfies Message))
      }),
    on: (event, listener) => {
      const set = listeners.get(event) ?? new Set()
      listeners.set(event, set)
      set.add(listener as (data: never) => void)
      return () => set.delete(listener as (data: never) => void)
    },
    close: () => link.close(),
  }
}

const fromEnvelope = (error: ErrorEnvelope) => new MoltError(error.code, error.message, error.hint)
