// `molt dump`: one text a stage of the way from source to bytecode, so that a wrong answer is found by reading four dumps.
import { compile } from '../python/compiler/compile'
import { disassemble } from '../python/bytecode/dis'
import { dumpAst } from '../python/syntax/dump'
import { parse } from '../python/syntax/parser'
import { stringRepr } from '../python/syntax/repr'
import { decodeSource, normalizeSource } from '../python/syntax/source'
import { DEDENT, ENDMARKER, INDENT, NAME, NEWLINE, NUMBER, STRING } from '../python/syntax/token-kinds'
import { tokenize } from '../python/syntax/tokenizer'

export type DumpKind = 'tokens' | 'ast' | 'dis'

/** Throws PythonSyntaxError. */
export function dumpSource(kind: DumpKind, source: Uint8Array, filename: string): string {
  if (kind === 'tokens') return dumpTokens(source, filename)
  const tree = parse(source, filename, 'exec', { origin: 'module' })
  if (kind === 'ast') return dumpAst(tree, { includeAttributes: true, indent: 1 }) + '\n'
  return disassemble(compile(tree, filename, 'exec', 0, 0))
}

const NAMES = new Map([
  [ENDMARKER, 'ENDMARKER'], [NAME, 'NAME'], [NUMBER, 'NUMBER'], [STRING, 'STRING'], [NEWLINE, 'NEWLINE'], [INDENT, 'INDENT'], [DEDENT, 'DEDENT'],
])

/** As `python3 -m tokenize` lays its lines out: place, kind, text. Keywords are NAMEs there; columns count bytes here. */
function dumpTokens(source: Uint8Array, filename: string): string {
  const tokens = tokenize(normalizeSource(decodeSource(source, filename, 'module').text, true))
  const lines: string[] = []
  for (let t = 0; t < tokens.count; t++) {
    const place = `${tokens.line[t]},${tokens.column[t]}-${tokens.endLine[t]},${tokens.endColumn[t]}:`
    const text = tokens.text(t)
    const kind = NAMES.get(tokens.kind[t]!) ?? (/^[A-Za-z_]/.test(text) ? 'NAME' : 'OP')
    lines.push(`${place.padEnd(20)}${kind.padEnd(15)}${stringRepr(text)}`)
  }
  const { failure } = tokens
  if (failure) lines.push(`(stopped: ${failure.code})`)
  return lines.join('\n') + '\n'
}
