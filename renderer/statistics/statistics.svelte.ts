// What the Statistics view asks for: grouping, filters, what to compare with, order. Kept while other views are shown.
import type { At, GroupBy, StatisticRow, StatisticsFilter, StatisticsResult } from '../../engine/rpc/contract'
import type { Engine } from '../state/engine.svelte'
import { Latest } from '../state/latest'
import { isCancelled, toProblem, type Problem } from '../state/problem'
import { sortRows, type SortKey } from './order'

/** More rows than anyone reads; sums are of all of them all the same. */
const ROW_LIMIT = 20_000

const NOT_OWN: StatisticsFilter[] = ['<frozen *', '*/lib/python3.*/*'].map(pattern => ({ inclusive: false, pattern }))

interface Question {
  recordingId: number
  at: At
  groupBy: GroupBy
  cumulative: boolean
  filters: StatisticsFilter[]
  compareTo: At | null
}

export class StatisticsState {
  groupBy = $state<GroupBy>('lineno')
  cumulative = $state(false)
  /** Leaves out the standard library and the interpreter. */
  ownOnly = $state(false)
  filters = $state.raw<StatisticsFilter[]>([])
  /** 'range' compares with the start of the brushed range. */
  compareWith = $state<'none' | 'start' | 'peak' | 'end' | 'range' | `mark:${string}`>('none')
  sort = $state.raw<{ key: SortKey; descending: boolean } | null>(null)
  result = $state.raw<StatisticsResult | null>(null)
  problem = $state.raw<Problem | null>(null)
  readonly comparing: boolean = $derived(this.result?.compareToTick != null)
  readonly order: { key: SortKey; descending: boolean } = $derived(this.sort ?? { key: this.comparing ? 'diff' : 'size', descending: true })
  readonly rows: StatisticRow[] = $derived(this.result ? sortRows(this.result.rows, this.order.key, this.order.descending) : [])

  private readonly latest: Latest<Question, StatisticsResult>

  constructor(engine: Engine) {
    this.latest = new Latest(
      ({ compareTo, cumulative, filters, ...question }) => engine.call('statistics.at', {
        ...question, limit: ROW_LIMIT,
        ...(cumulative && question.groupBy !== 'traceback' ? { cumulative } : {}),
        ...(filters.length > 0 ? { filters } : {}),
        ...(compareTo !== null ? { compareTo } : {})
      }),
      result => {
        this.result = result
        this.problem = null
      },
      error => { if (!isCancelled(error)) this.problem = toProblem(error) }
    )
  }

  load(recordingId: number, at: At, compareTo: At | null): void {
    this.latest.request({ recordingId, at, groupBy: this.groupBy, cumulative: this.cumulative, filters: this.ownOnly ? [...this.filters, ...NOT_OWN] : this.filters, compareTo })
  }

  /** Another recording: nothing of the old one may stay on the screen. */
  reset(): void {
    this.latest.forget()
    this.result = null
    this.problem = null
    if (this.compareWith.startsWith('mark:') || this.compareWith === 'range') this.compareWith = 'none'
  }

  sortBy(key: SortKey): void {
    const { key: current, descending } = this.order
    this.sort = { key, descending: current === key ? !descending : key !== 'place' }
  }
}
