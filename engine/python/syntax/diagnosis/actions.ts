// What the grammar does after an arrow with `!`: raise an error, or let the rule fail.
import { ComplexValue, type ConstantValue } from '../constant'
import { LiteralError } from '../literal-error'
import { MAX_DECIMAL_DIGITS, numberValue } from '../numbers'
import { Parser } from '../parser-state'
import { parseStrings } from '../strings'
import { PythonSyntaxError } from '../syntax-error'
import * as kinds from '../token-kinds'
import { NOTHING, type Engine, type Match } from './engine'

/** Gets the message as written, and the matches named before it. */
export type Raising = (engine: Engine, message: string, places: readonly Match[], start: number) => Match | null

/** Fills in the message: {name} what the match is called, {line} its line, {text} its first token. */
function word(engine: Engine, message: string, place: Match | undefined): string {
  if (place === undefined || !message.includes('{')) return message
  return message
    .replaceAll('{name}', place.type)
    .replaceAll('{line}', () => String(engine.tokens.line[place.first]!))
    .replaceAll('{text}', () => engine.tokens.text(place.first))
}

const at: Raising = (engine, message, [a]) => engine.raise.span(word(engine, message, a), a!.first, a!.last)
const range = (engine: Engine, message: string, a: Match, b: Match): null =>
  engine.raise.span(word(engine, message, a), a.first, b.last)

/** Mirrors _PyPegen_get_last_comprehension_item. */
function lastOfClauses(clauses: Match): Match {
  const clause = clauses.parts[clauses.parts.length - 1]!
  return clause.parts[clause.parts.length - 1]!
}

type TargetSort = 'assign' | 'delete' | 'loop'

/** The part of an expression that makes it no target, or null. Mirrors _PyPegen_get_invalid_target. */
function invalidTarget(match: Match, sort: TargetSort): Match | null {
  switch (match.type) {
    case 'list':
    case 'tuple':
      for (const part of match.parts) {
        const invalid = invalidTarget(part, sort)
        if (invalid !== null) return invalid
      }
      return null
    case 'starred': return sort === 'delete' ? match : invalidTarget(match.parts[0]!, sort)
    case 'comparison':
      if (sort !== 'loop') return match
      return match.parts[1]!.type === 'in' ? invalidTarget(match.parts[0]!, sort) : null
    case 'name':
    case 'subscript':
    case 'attribute': return null
    default: return match
  }
}

function targetAction(sort: TargetSort, message: string): Raising {
  return (engine, _message, [a]) => {
    const invalid = invalidTarget(a!, sort)
    return invalid === null ? null : engine.raise.span(word(engine, message, invalid), invalid.first, invalid.last)
  }
}

function isLegacyStatement(engine: Engine, match: Match): boolean {
  return match.type === 'name' && ['print', 'exec'].includes(engine.tokens.text(match.first))
}

export const RAISING: Readonly<Record<string, Raising>> = {
  nothing: () => null,
  single: (_engine, _message, [a]) => (a!.parts.length === 1 ? a!.parts[0]! : a!),
  at,
  range: (engine, message, [a, b]) => range(engine, message, a!, b!),
  here: (engine, message) => engine.raise.here('SyntaxError', message),
  indent: (engine, message, [a]) => engine.raise.here('IndentationError', word(engine, message, a)),
  from: (engine, message, [a]) => engine.raise.startingAt(message, a!.first),
  toLast: (engine, message, [a, b]) => range(engine, message, a!, b!.parts[b!.parts.length - 1]!),
  toLastClause: (engine, message, [a, b]) => range(engine, message, a!, lastOfClauses(b!)),
  firstToLast: (engine, message, [a]) => range(engine, message, a!.parts[0]!, a!.parts[a!.parts.length - 1]!),
  assignTo: targetAction('assign', 'cannot assign to {name}'),
  loopOver: targetAction('loop', 'cannot assign to {name}'),
  delete: targetAction('delete', 'cannot delete {name}'),

  // Mirrors _PyPegen_nonparen_genexp_in_call: f(x for x in y) is right, only with more arguments it is wrong.
  generatorAmongArguments: (engine, message, [a, b]) => {
    const positional = a!.parts.filter((part) => !part.type.startsWith('keyword'))
    return positional.length <= 1 ? null : range(engine, message, positional[positional.length - 1]!, lastOfClauses(b!))
  },
  positionalAfterKeyword: (engine, _message, [a]) => {
    const unpacking = a!.parts.some((part) => part.type === 'keyword unpacking') ? ' unpacking' : ''
    return engine.raise.here('SyntaxError', `positional argument follows keyword argument${unpacking}`)
  },
  legacy: (engine, message, [a, b]) => (isLegacyStatement(engine, a!) ? range(engine, message, a!, b!) : null),
  forgottenComma: (engine, message, [a, b]) =>
    isLegacyStatement(engine, a!) || engine.tokens.level[engine.mark - 1] === 0 ? null : range(engine, message, a!, b!),
  missingColon: (engine, message, [a]) => engine.raise.lastCharacter(message, a!.first, a!.last),

  number: (engine, _message, [a]) => {
    const text = engine.tokens.text(a!.first)
    if (text.length > MAX_DECIMAL_DIGITS && valueOf(engine, a!) === undefined) return null
    return { type: 'literal', first: a!.first, last: a!.last, parts: [] }
  },
  real: (engine, _message, [a]) =>
    isComplex(engine, a!) ? engine.raise.span('real number required in complex literal', a!.first, a!.last) : a!,
  imaginary: (engine, _message, [a]) =>
    isComplex(engine, a!) ? a! : engine.raise.span('imaginary number required in complex literal', a!.first, a!.last),
  strings: (engine, _message, _places, start) => {
    const parser = new Parser(engine.tokens, engine.context)
    parser.goTo(start)
    try {
      const value = parseStrings(parser)
      return engine.match(value._type === 'JoinedStr' ? 'f-string expression' : 'literal', start, [])
    } catch (error) {
      if (error instanceof PythonSyntaxError) return engine.raise.error(error)
      if (!(error instanceof LiteralError)) throw error
      return error.token < 0 ? engine.raise.here('SyntaxError', error.msg) : engine.raise.span(error.msg, error.token, error.token)
    } finally {
      for (const { warning } of parser.warnings) engine.warn(warning)
    }
  }
}

/** The value of a number; undefined, and an error raised, if it has none. */
function valueOf(engine: Engine, match: Match): ConstantValue | undefined {
  try {
    return numberValue(engine.tokens.text(match.first))
  } catch (error) {
    if (!(error instanceof LiteralError)) throw error
    engine.raise.line(error.msg, match.first)
    return undefined
  }
}

function isComplex(engine: Engine, match: Match): boolean {
  return valueOf(engine, match) instanceof ComplexValue
}

/** `&&'x'`: the token was not there. */
export function expectForced(engine: Engine, text: string): null {
  return engine.error !== null ? null : engine.raise.span(`expected '${text}'`, engine.mark, engine.mark)
}

/** `!=`, or under barry_as_FLUFL `<>`. Mirrors _PyPegen_check_barry_as_flufl. */
export function notEqual(engine: Engine): Match | null {
  if (engine.kind() !== kinds.NOTEQUAL) return null
  if ((engine.tokens.text(engine.mark) === '<>') !== engine.context.flufl) return null
  engine.mark++
  return NOTHING
}
