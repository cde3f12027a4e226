// The engine as the page sees it: calls, events, and whether it is there. When its process ends, everything
// that waits is refused, the window stays, and `connect` may be called again.
import type { EventName, Events, MethodName, Params, Result } from '../../engine/rpc/contract'
import type { Link } from '../../engine/rpc/link'
import { createClient, type Client } from '../../engine/rpc/rpc'
import { MoltError } from '../../engine/rpc/errors'
import { Activity } from './activity.svelte'
import { toProblem, type Problem } from './problem'

export type EngineStatus = 'connecting' | 'ready' | 'refused' | 'lost'

export class Engine {
  status = $state<EngineStatus>('connecting')
  problem = $state.raw<Problem | null>(null)
  /** Counts connections: what one engine process gave a number to, the next does not know by it. */
  connection = 0
  readonly activity = new Activity()
  private readonly openLink: () => Promise<Link>
  private client: Client | null = null
  private readonly subscriptions: ((client: Client) => void)[] = []

  constructor(openLink: () => Promise<Link>) { this.openLink = openLink }

  /** Resolves with true when the engine can be called. */
  async connect(): Promise<boolean> {
    const end = this.activity.begin()
    this.status = 'connecting'
    try {
      const link = await this.openLink()
      const client = createClient(link, () => {
        if (this.client !== client) return
        this.client = null
        this.status = 'lost'
      })
      for (const subscribe of this.subscriptions) subscribe(client)
      this.client = client
      this.connection++
      this.status = 'ready'
      this.problem = null
      return true
    } catch (error) {
      this.status = 'refused'
      this.problem = error instanceof Error ? { message: error.message, hint: 'Start Molt again and open the address that it prints.' } : toProblem(error)
      return false
    } finally {
      end()
    }
  }

  call<N extends MethodName>(method: N, params: Params<N>, signal?: AbortSignal): Promise<Result<N>> {
    if (!this.client) return Promise.reject(new MoltError('closed', 'The engine process has ended.', 'Start it again; what was recorded is in its file.'))
    return this.activity.during(this.client.call(method, params, signal))
  }

  /** Listens from now on, also after a new connection. */
  on<E extends EventName>(event: E, listener: (data: Events[E]) => void): void {
    const subscribe = (client: Client) => { client.on(event, listener) }
    this.subscriptions.push(subscribe)
    if (this.client) subscribe(this.client)
  }
}
