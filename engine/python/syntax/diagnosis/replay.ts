// Parses a valid program once more the way CPython's generated parser does, for a listener that is told of everything for
// which that parser takes memory: tokens fetched, results remembered, repetitions, names and numbers each time they match.
import { parseStarExpressions } from '../expressions'
import { Parser, type ParseContext } from '../parser-state'
import { normalizeSource } from '../source'
import { tokenize } from '../tokenizer'
import type { Tokens } from '../tokens'
import { theGrammar, type StartRule } from './diagnose'
import { Engine, TooDeep, type ParserWatch } from './engine'
import { Reporter } from './reporter'

/** `nested` hears of the expressions in f-strings, each with its parentheses. */
export function replayParse(
  text: string, start: StartRule, watch: (tokens: Tokens) => ParserWatch, nested: (source: string) => void,
): void {
  const tokens = tokenize(normalizeSource(text, start === 'file'), { interactive: start === 'interactive' ? 'whole' : undefined })
  const context: ParseContext = {
    filename: '', invalidUtf8: false, flufl: false,
    parseNested: inner => {
      nested(inner.source)
      return parseStarExpressions(new Parser(inner, context))
    },
  }
  const unit = { filename: '', isFile: false, hasMark: false, isClosed: true, encodingKnown: false, invalidUtf8: false, nested: null }
  const engine = new Engine(tokens, context, new Reporter(tokens, unit as never), () => undefined)
  engine.watch = watch(tokens)
  try {
    engine.apply(theGrammar().get(start)!)
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TooDeep)) throw error
  }
}
