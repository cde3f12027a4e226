// Short messages at the edge of the window: what failed and what to do, or what was done.
import type { Problem } from './problem'

export interface Notice extends Problem { id: number; kind: 'problem' | 'done' }

const SHOWN_MS = 5000

export class Notices {
  list = $state.raw<Notice[]>([])
  private lastId = 0

  /** A problem stays until it is dismissed. */
  problem(problem: Problem): void { this.add({ ...problem, kind: 'problem', id: ++this.lastId }) }

  done(message: string): void {
    const id = ++this.lastId
    this.add({ message, hint: '', kind: 'done', id })
    setTimeout(() => this.dismiss(id), SHOWN_MS)
  }

  dismiss(id: number): void { this.list = this.list.filter(notice => notice.id !== id) }

  private add(notice: Notice): void {
    this.list = [...this.list.filter(other => other.message !== notice.message), notice].slice(-4)
  }
}
