// Reads the grammar into rules for the engine. The notation is PEP 617's:
//
//   name (memo): A B | C            alternatives, tried in order; `memo` and `left` say how results are remembered
//   'x'  "x"  NAME                  a keyword or operator, a soft keyword, a token kind
//   e?  [e]  e*  e+  s.e+           optional, repeated, repeated with separator
//   &e  !e  ~  &&'x'                lookahead, negative lookahead, commit, "expected 'x'" unless it is there
//   a=e                             gives the item a name for the part after the arrow
//   … => attribute                  the match is called "attribute"
//   … => tuple [a b]                and has the parts a and b, sequences taken apart
//   … => @a                         the match is a itself
//   … => !at a "message"            raises an error (actions.ts)
//
// An alternative that is nothing but a rule named invalid_… is tried only when looking for errors.
import { RAISING, expectForced, notEqual } from './actions'
import { type Action, type Alternative, type Engine, type Match, type Matcher, type Memory, NOTHING, Rule } from './engine'
import * as kinds from '../token-kinds'

const TOKEN_KINDS: ReadonlyMap<string, number> = new Map([
  ['NAME', kinds.NAME], ['NUMBER', kinds.NUMBER], ['STRING', kinds.STRING], ['NEWLINE', kinds.NEWLINE], ['INDENT', kinds.INDENT],
  ['DEDENT', kinds.DEDENT], ['ENDMARKER', kinds.ENDMARKER], ['ASYNC', kinds.ASYNC], ['AWAIT', kinds.AWAIT], ['NOTEQUAL', kinds.NOTEQUAL]
])
const ENDS_ITEMS = new Set(['', '|', ')', ']', '=>'])
const SOFT_KEYWORDS = ['_', 'case', 'match']
// An arrow, a string, a label, a word, or a sign.
const LEXEME = /\s*(=>|'[^']+'|"(?:[^"\\]|\\.)*"|[A-Za-z_]+=(?!>)|[A-Za-z_]+|&&|[&!~@()[\]|?*+.])/y

/** An item as written: what matches, and the name it is given. */
interface Item { readonly matcher: Matcher; readonly label: string; readonly silent: boolean }

export function readGrammar(...texts: readonly string[]): ReadonlyMap<string, Rule> {
  const rules = new Map<string, Rule>()
  const bodies = new Map<Rule, string>()
  for (const text of texts) {
    for (const [, name, memory, body] of text.matchAll(/^([a-z_]+)(?: \((memo|left)\))?:((?:.|\n(?= ))*)/gm)) {
      const rule = new Rule(name!, rules.size, (memory ?? 'none') as Memory)
      rules.set(rule.name, rule)
      bodies.set(rule, body!)
    }
  }
  for (const [rule, body] of bodies) rule.alternatives = new GrammarReader(rules, body).rule()
  return rules
}

class GrammarReader {
  private position = 0
  private lexeme = ''

  constructor(private readonly rules: ReadonlyMap<string, Rule>, private readonly text: string) {
    this.next()
  }

  rule(): readonly Alternative[] {
    if (this.lexeme === '|') this.next()
    const alternatives = this.alternatives()
    if (this.lexeme !== '') throw new Error(`grammar: ${this.lexeme} in ${this.text}`)
    return alternatives
  }

  private next(): void {
    LEXEME.lastIndex = this.position
    const found = LEXEME.exec(this.text)
    if (found === null) {
      if (this.text.slice(this.position).trim() !== '') throw new Error(`grammar: ${this.text.slice(this.position)}`)
      this.lexeme = ''
      return
    }
    this.lexeme = found[1]!
    this.position = LEXEME.lastIndex
  }

  private alternatives(): Alternative[] {
    const alternatives = [this.alternative()]
    while (this.lexeme === '|') {
      this.next()
      alternatives.push(this.alternative())
    }
    return alternatives
  }

  private alternative(): Alternative {
    const first = this.lexeme
    const items: Item[] = []
    let cut = -1
    while (this.lexeme !== '' && !ENDS_ITEMS.has(this.lexeme)) {
      if (this.lexeme === '~') {
        cut = items.length - 1
        this.next()
      } else {
        items.push(this.labelled())
      }
    }
    const finish = this.lexeme === '=>' ? this.action(items) : defaultAction(items)
    return { items: items.map((item) => item.matcher), cut, forErrors: items.length === 1 && first.startsWith('invalid_'), finish }
  }

  /** What follows an arrow. */
  private action(items: readonly Item[]): Action {
    const indexOf = (label: string): number => {
      const index = items.findIndex((item) => item.label === label)
      if (index < 0) throw new Error(`grammar: no ${label} in ${this.text}`)
      return index
    }
    this.next()
    if (this.lexeme === '@') {
      this.next()
      const index = indexOf(this.words()[0]!)
      return (_engine, _start, captures) => captures[index]!
    }
    if (this.lexeme === '!') {
      this.next()
      const [name, ...labels] = this.words()
      const run = RAISING[name!]
      if (run === undefined) throw new Error(`grammar: no action ${name} in ${this.text}`)
      const indexes = labels.map(indexOf)
      let message = ''
      if (this.lexeme.startsWith('"')) {
        message = this.lexeme.slice(1, -1).replaceAll('\\"', '"')
        this.next()
      }
      return (engine, start, captures) => run(engine, message, indexes.map((index) => captures[index]!), start)
    }
    const type = this.words().join(' ')
    let indexes: number[] = []
    if (this.lexeme === '[') {
      this.next()
      indexes = this.words().map(indexOf)
      this.next()
    }
    return (engine, start, captures) => engine.match(type, start, indexes.flatMap((index) => takeApart(captures[index]!)))
  }

  private words(): string[] {
    const words: string[] = []
    for (; /^[A-Za-z]+$/.test(this.lexeme); this.next()) words.push(this.lexeme)
    return words
  }

  private labelled(): Item {
    let label = ''
    if (this.lexeme.endsWith('=') && /^[a-z]/.test(this.lexeme)) {
      label = this.lexeme.slice(0, -1)
      this.next()
    }
    if (this.lexeme === '&&') {
      this.next()
      const text = this.lexeme.slice(1, -1)
      const kind = tokenKind(text)
      this.next()
      const matcher: Matcher = (engine) => (engine.error !== null ? null : token(engine, kind) ?? expectForced(engine, text))
      return { matcher, label, silent: false }
    }
    if (this.lexeme === '&' || this.lexeme === '!') {
      const positive = this.lexeme === '&'
      this.next()
      const { matcher } = this.repeated()
      return { matcher: lookahead(matcher, positive), label, silent: true }
    }
    return { ...this.repeated(), label }
  }

  private repeated(): Item {
    const matcher = this.atom()
    const result = { label: '', silent: false }
    switch (this.lexeme) {
      case '?': this.next(); return { ...result, matcher: optional(matcher) }
      case '*': this.next(); return { ...result, matcher: loop(matcher, 0) }
      case '+': this.next(); return { ...result, matcher: loop(matcher, 1) }
      case '.': {
        this.next()
        const element = this.atom()
        this.next()
        return { ...result, matcher: gather(element, matcher) }
      }
      default: return { ...result, matcher }
    }
  }

  private atom(): Matcher {
    const { lexeme } = this
    this.next()
    if (lexeme === '(' || lexeme === '[') {
      const group = new Rule('', -1, 'none')
      group.alternatives = this.alternatives()
      this.next()
      const matcher: Matcher = (engine) => (engine.error !== null ? null : engine.alternatives(group))
      return lexeme === '[' ? optional(matcher) : matcher
    }
    if (lexeme.startsWith("'")) {
      const kind = tokenKind(lexeme.slice(1, -1))
      return (engine) => token(engine, kind)
    }
    if (lexeme.startsWith('"')) {
      const word = lexeme.slice(1, -1)
      return (engine) => softKeyword(engine, word)
    }
    if (lexeme === 'SOFT_KEYWORD') return anySoftKeyword
    if (lexeme === 'NAME') return name
    const kind = TOKEN_KINDS.get(lexeme)
    if (kind === kinds.NOTEQUAL) return notEqual
    if (kind !== undefined) return (engine) => token(engine, kind)
    const rule = this.rules.get(lexeme)
    if (rule === undefined) throw new Error(`grammar: no rule ${lexeme}`)
    if (lexeme.endsWith('_without_invalid')) return (engine) => withoutSearching(engine, rule)
    return (engine) => engine.apply(rule)
  }
}

function tokenKind(text: string): number {
  const kind = kinds.OPERATORS.get(text) ?? kinds.KEYWORDS.get(text)
  if (kind === undefined) throw new Error(`grammar: no token ${text}`)
  return kind
}

function token(engine: Engine, kind: number): Match | null {
  if (engine.kind() !== kind) return null
  const t = engine.mark++
  if (kind === kinds.NUMBER) engine.watch?.number(t)
  return { type: 'token', first: t, last: t, parts: [] }
}

function name(engine: Engine): Match | null {
  const match = word(engine)
  if (match !== null) engine.watch?.name(match.first)
  return match
}

function word(engine: Engine): Match | null {
  if (engine.kind() !== kinds.NAME) return null
  const t = engine.mark++
  return { type: 'name', first: t, last: t, parts: [] }
}

function softKeyword(engine: Engine, expected: string): Match | null {
  if (engine.kind() !== kinds.NAME || engine.tokens.text(engine.mark) !== expected) return null
  return word(engine)
}

/** Mirrors _PyPegen_soft_keyword_token, which takes any beginning of a soft keyword for the whole of it. */
function anySoftKeyword(engine: Engine): Match | null {
  if (engine.kind() !== kinds.NAME) return null
  const text = engine.tokens.text(engine.mark)
  return SOFT_KEYWORDS.some((known) => known.startsWith(text)) ? word(engine) : null
}

function withoutSearching(engine: Engine, rule: Rule): Match | null {
  const { searching } = engine
  engine.searching = false
  const match = engine.apply(rule)
  engine.searching = searching
  return match
}

function lookahead(matcher: Matcher, positive: boolean): Matcher {
  return (engine) => {
    const { mark } = engine
    const found = matcher(engine) !== null
    engine.mark = mark
    return found === positive ? NOTHING : null
  }
}

function optional(matcher: Matcher): Matcher {
  return (engine) => {
    const { mark } = engine
    const match = matcher(engine)
    if (engine.error !== null) return null
    if (match !== null) return match
    engine.mark = mark
    return NOTHING
  }
}

function loop(matcher: Matcher, minimum: number): Matcher {
  return (engine) => {
    const start = engine.mark
    const parts: Match[] = []
    engine.watch?.loopBegins()
    for (;;) {
      const { mark } = engine
      const match = matcher(engine)
      if (match === null || engine.mark === mark) {
        engine.mark = mark
        break
      }
      parts.push(match)
      engine.watch?.loopPart(parts.length)
    }
    engine.watch?.loopEnds(parts.length)
    if (minimum > 0 && (parts.length === 0 || engine.error !== null)) {
      engine.mark = start
      return null
    }
    return engine.match('sequence', start, parts)
  }
}

function gather(element: Matcher, separator: Matcher): Matcher {
  return (engine) => {
    const start = engine.mark
    const first = element(engine)
    if (first === null) {
      engine.mark = start
      return null
    }
    const parts = [first]
    engine.watch?.loopBegins()
    for (;;) {
      const { mark } = engine
      const next = separator(engine) === null ? null : element(engine)
      if (next === null) {
        engine.mark = mark
        break
      }
      parts.push(next)
      engine.watch?.loopPart(parts.length - 1)
    }
    engine.watch?.loopEnds(parts.length - 1)
    return engine.match('sequence', start, parts)
  }
}

/** A single item stands for the alternative; several make a match without a name. */
function defaultAction(items: readonly Item[]): Action {
  const visible = items.flatMap((item, index) => (item.silent ? [] : [index]))
  if (visible.length === 1) return (_engine, _start, captures) => captures[visible[0]!]!
  return (engine, start) => engine.match('', start, [])
}

function takeApart(match: Match): readonly Match[] {
  if (match === NOTHING) return []
  return match.type === 'sequence' || match.type === 'elements' ? match.parts.flatMap(takeApart) : [match]
}
