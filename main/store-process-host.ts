// The store process of one window: a utility process that answers the page's queries and starts its runs.
// It is started when the page first asks for a link and anew when it asks after a crash. It ends with its window;
// what its runs had committed is in their files.
import { MessageChannelMain, utilityProcess, type UtilityProcess, type WebContents } from 'electron'

export class StoreProcess {
  private readonly entry: string
  private child: UtilityProcess | null = null
  private ended = false

  /** Called when the process ended without having been told to. */
  private readonly onGone: () => void

  constructor(entry: string, onGone: () => void) {
    this.entry = entry
    this.onGone = onGone
  }

  /** True while a page is linked, so that it can be sent messages. */
  get linked(): boolean { return this.child !== null }

  link(contents: WebContents): void {
    if (this.ended || contents.isDestroyed()) return
    const child = this.child ?? this.start()
    const { port1, port2 } = new MessageChannelMain()
    child.postMessage({ type: 'open' }, [port1])
    contents.postMessage('molt-link', null, [port2])
  }

  close(): void {
    this.ended = true
    this.child?.kill()
    this.child = null
  }

  private start(): UtilityProcess {
    const child = utilityProcess.fork(this.entry, [], { serviceName: 'Molt engine', stdio: 'inherit' })
    this.child = child
    child.once('exit', () => {
      if (this.child !== child) return
      this.child = null
      this.onGone()
    })
    return child
  }
}
