// Short messages at the edge of the window: what failed and what to do, or what was done.
import type { Problem } from './problem'

export interface Notice extends Problem { id: number; kind: 'problem' | 'done' }

const SHOWN_MS = { done: 4000, problem: 15_000 }

export class Notices {
  list = $state.raw<Notice[]>([])
  private lastId = 0

  problem(problem: Problem): void { this.add(problem, 'problem') }
  done(message: string): void { this.add({ message, hint: '' }, 'done') }

  dismiss(id: number): void { this.list = this.list.filter(notice => notice.id !== id) }

  private add(problem: Problem, kind: Notice['kind']): void {
    const id = ++this.lastId
    this.list = [...this.list.filter(other => other.message !== problem.message), { ...problem, kind, id }].slice(-4)
    setTimeout(() => this.dismiss(id), SHOWN_MS[kind])
  }
}
