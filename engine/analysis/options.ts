// What every analysis that may take a while takes.

export interface AnalysisOptions {
  /** Called now and then; it cancels by throwing. */
  progress?: (done: number, total: number) => void
}

/** As a node: there is none. */
export const NO_NODE = 0xffffffff

/** So many nodes are worked on between two calls of `progress`: a millisecond or two. */
export const PROGRESS_MASK = 0xffff
