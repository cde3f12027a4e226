// A packrat parser over the token columns: the machine under the grammar.
//
// It parses the way CPython's generated parser does, because the error that CPython reports depends on the order in
// which alternatives are tried, on which rules remember their results, and on how far tokens have been fetched when
// an error is raised. `fill` counts the tokens fetched; fetching the one where the tokenizer failed raises its error.
import * as kinds from '../token-kinds'
import type { ParseContext } from '../parser-state'
import type { PythonSyntaxError, SyntaxErrorKind, SyntaxWarningRecord } from '../syntax-error'
import type { Tokens } from '../tokens'
import type { Reporter } from './reporter'

/** A match: the tokens from `first` to `last`, what it is called, and the parts that a message may need. */
export interface Match {
  readonly type: string
  readonly first: number
  readonly last: number
  readonly parts: readonly Match[]
}

/** A match without tokens: an optional part that is missing, a lookahead. */
export const NOTHING: Match = { type: '', first: -1, last: -1, parts: [] }

export type Matcher = (engine: Engine) => Match | null

/** What an alternative does once all its items have matched; null makes the whole rule fail. */
export type Action = (engine: Engine, start: number, captures: readonly Match[]) => Match | null

export interface Alternative {
  readonly items: readonly Matcher[]
  /** Index of the item after which no other alternative is tried, or -1. */
  readonly cut: number
  /** Tried only in the pass that looks for errors (CPython guards only alternatives that are one invalid_ rule). */
  readonly forErrors: boolean
  readonly finish: Action
}

/** Whether a rule remembers its results, and whether it is left-recursive. */
export type Memory = 'none' | 'memo' | 'left'

export class Rule {
  alternatives: readonly Alternative[] = []
  constructor(readonly name: string, readonly id: number, readonly memory: Memory) {}
}

interface Memo { readonly match: Match | null; readonly mark: number }

/** Hears of what CPython's parser takes memory for; see replay.ts. */
export interface ParserWatch {
  /** Token `index` is fetched. */
  token(index: number): void
  /** A result is remembered for the first time. */
  memo(): void
  loopBegins(): void
  /** A repetition has its n-th part. */
  loopPart(n: number): void
  loopEnds(n: number): void
  name(token: number): void
  number(token: number): void
  strings(first: number, last: number): void
  /** An alternative of several parts has matched. */
  node(): void
}

/** How deep rules may nest: CPython's MAXSTACK. */
const MAX_STACK = 6000

/** CPython runs out of stack at this depth. */
export class TooDeep extends Error {}

export class Engine {
  mark = 0
  fill = 0
  private depth = 0
  private memos: (Map<number, Memo> | undefined)[] = []

  watch: ParserWatch | null = null

  /** Whether rules for errors are tried. */
  searching = false
  /** The error raised, if one has been. */
  error: PythonSyntaxError | null = null
  readonly raise: Raise

  constructor(readonly tokens: Tokens, readonly context: ParseContext, private readonly reporter: Reporter,
    private readonly onWarning: (warning: SyntaxWarningRecord) => void) {
    this.raise = new Raise(this, reporter)
  }

  /** Starts over, for the pass that looks for errors. Tokens fetched stay fetched. */
  restart(): void {
    this.mark = 0
    this.memos = []
    this.searching = true
  }

  /** The kind of the current token, fetched now if it has not been yet. */
  kind(): number {
    if (this.mark >= this.fill) this.fetch()
    return this.tokens.kind[this.mark]!
  }

  private fetch(): void {
    this.warnAboutTokens(this.fill, this.mark)
    this.fill = this.mark + 1
    this.watch?.token(this.mark)
    if (this.tokens.kind[this.mark] !== kinds.ERRORTOKEN) return
    // What the parser words gives way to an error there is already.
    if (this.error === null || this.tokens.failure!.code === 'error') this.error = this.reporter.tokenizer()
  }

  /** Passes on a warning about a literal; the pass that looks for errors would only repeat it. */
  warn(warning: SyntaxWarningRecord): void {
    if (!this.searching) this.onWarning(warning)
  }

  /** Passes on the warnings about the tokens from `first` to `last`. */
  warnAboutTokens(first: number, last: number): void {
    for (const { at, warning } of this.tokens.warnings) if (at >= first && at <= last) this.onWarning(warning)
  }

  apply(rule: Rule): Match | null {
    if (this.error !== null) return null
    this.kind()
    if (this.error !== null) return null
    switch (rule.memory) {
      case 'none': return this.alternatives(rule)
      case 'left': return this.applyLeft(rule)
      case 'memo': return this.applyMemo(rule)
    }
  }

  /** CPython's memory ignores which pass it is, and whether errors are looked for just now; so does ours. */
  private applyMemo(rule: Rule): Match | null {
    const memos = this.memosAt(this.mark)
    const memo = memos.get(rule.id)
    if (memo !== undefined) {
      this.mark = memo.mark
      return memo.match
    }
    const match = this.alternatives(rule)
    memos.set(rule.id, { match, mark: this.mark })
    if (this.watch !== null) {
      this.watch.memo()
      if (rule.name === 'strings' && match !== null) this.watch.strings(match.first, match.last)
    }
    return match
  }

  /** Grows a left-recursive match from the seed "no match", as long as it gets longer. */
  private applyLeft(rule: Rule): Match | null {
    const start = this.mark
    const memos = this.memosAt(start)
    const memo = memos.get(rule.id)
    if (memo !== undefined) {
      this.mark = memo.mark
      return memo.match
    }
    let best: Match | null = null
    let bestMark = start
    this.watch?.memo()
    for (;;) {
      memos.set(rule.id, { match: best, mark: bestMark })
      this.mark = start
      const match = this.alternatives(rule)
      if (this.error !== null) return null
      if (match === null || this.mark <= bestMark) break
      best = match
      bestMark = this.mark
    }
    this.mark = bestMark
    return best
  }

  private memosAt(mark: number): Map<number, Memo> {
    let memos = this.memos[mark]
    if (memos === undefined) {
      memos = new Map()
      this.memos[mark] = memos
    }
    return memos
  }

  alternatives(rule: Rule): Match | null {
    if (++this.depth > MAX_STACK) throw new TooDeep()
    const match = this.firstMatching(rule.alternatives)
    this.depth--
    return match
  }

  private firstMatching(alternatives: readonly Alternative[]): Match | null {
    const start = this.mark
    for (let a = 0; a < alternatives.length; a++) {
      const { items, cut, forErrors, finish } = alternatives[a]!
      if (this.error !== null) return null
      if (forErrors && !this.searching) continue
      const captures: Match[] = []
      let n = 0
      for (; n < items.length; n++) {
        const match = items[n]!(this)
        if (match === null) break
        captures.push(match)
      }
      if (n === items.length) {
        if (n > 1) this.watch?.node()
        return finish(this, start, captures)
      }
      this.mark = start
      if (cut >= 0 && n > cut) return null
    }
    return null
  }

  /** The match of the tokens from `start` up to the cursor; it ends at the last token that is text. */
  match(type: string, start: number, parts: readonly Match[]): Match {
    let last = this.mark - 1
    const { kind } = this.tokens
    while (last > 0 && (kind[last] === kinds.ENDMARKER || (kind[last]! >= kinds.NEWLINE && kind[last]! <= kinds.DEDENT))) last--
    return { type, first: start, last, parts }
  }
}

/** Raises errors on behalf of the grammar, with as many tokens fetched as there are at that moment. */
class Raise {
  constructor(private readonly engine: Engine, private readonly reporter: Reporter) {}

  error(error: PythonSyntaxError): null {
    this.engine.error = error
    return null
  }

  here(kind: SyntaxErrorKind, msg: string): null {
    return this.error(this.reporter.here(kind, msg, this.engine.fill))
  }

  span(msg: string, first: number, last: number): null {
    return this.error(this.reporter.span(msg, this.engine.fill, first, last))
  }

  startingAt(msg: string, first: number): null {
    return this.error(this.reporter.startingAt(msg, this.engine.fill, first))
  }

  /** At the last character of token `last`. */
  lastCharacter(msg: string, first: number, last: number): null {
    const { line, endLine, endColumn } = this.engine.tokens
    return this.error(this.reporter.known('SyntaxError', msg, this.engine.fill, line[first]!, endColumn[last]!, endLine[last]!, 0))
  }

  /** On the line of token `t`, without a column. */
  line(msg: string, t: number): null {
    const { line, endLine } = this.engine.tokens
    return this.error(this.reporter.known('SyntaxError', msg, this.engine.fill, line[t]!, 0, endLine[t]!, 0))
  }
}
