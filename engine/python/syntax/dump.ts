// The text dumps of this stage: `molt dump tokens` and `molt dump ast`.
import type { ConstantValue } from './constant'
import * as ast from './nodes'
import { constantRepr, stringRepr } from './repr'
import { decodeSource, normalizeSource } from './source'
import { ERRORTOKEN, tokenName } from './token-kinds'
import { tokenize } from './tokenizer'

export interface DumpOptions {
  /** Print the places too. */
  readonly includeAttributes?: boolean
  /** Spaces per level; without it everything stands on one line. */
  readonly indent?: number
}

const ATTRIBUTES = ['lineno', 'col_offset', 'end_lineno', 'end_col_offset'] as const

/** What ast.dump prints in CPython 3.11. */
export function dumpAst(tree: ast.Node, options: DumpOptions = {}): string {
  const indent = options.indent === undefined ? null : ' '.repeat(options.indent)
  const attributes = options.includeAttributes === true

  const layout = (level: number): [string, string] => {
    if (indent === null) return ['', ', ']
    const line = '\n' + indent.repeat(level)
    return [line, ',' + line]
  }

  /** Like CPython's: the text, and whether it is so simple that its parent may stay on one line. */
  const format = (value: unknown, type: string, level: number): [string, boolean] => {
    if (Array.isArray(value)) {
      if (value.length === 0) return ['[]', true]
      const [prefix, separator] = layout(level + 1)
      return [`[${prefix}${value.map((item) => format(item, type, level + 1)[0]).join(separator)}]`, false]
    }
    if (type === 'constant') return [constantRepr(value as ConstantValue), true]
    if (value === null) return ['None', true]
    if (typeof value === 'number') return [String(value), true]
    if (typeof value === 'string') return [stringRepr(value), true]
    return formatNode(value as ast.Node, level + 1)
  }

  const formatNode = (node: ast.Node, level: number): [string, boolean] => {
    const { fields, attributes: hasAttributes } = ast.NODE_FIELDS[node._type]
    const values = node as unknown as Record<string, unknown>
    const parts: string[] = []
    let allSimple = true
    for (const { name, type, quantity } of fields) {
      const value = values[name]
      if (value === null && quantity === '?') continue
      const [text, simple] = format(value, type, level)
      allSimple &&= simple
      parts.push(`${name}=${text}`)
    }
    if (attributes && hasAttributes) for (const name of ATTRIBUTES) parts.push(`${name}=${String(values[name])}`)
    if (allSimple && parts.length <= 3) return [`${node._type}(${parts.join(', ')})`, parts.length === 0]
    const [prefix, separator] = layout(level)
    return [`${node._type}(${prefix}${parts.join(separator)})`, false]
  }

  return formatNode(tree, 1)[0]
}

/**
 * A line per token of the parser: place, kind and text, laid out like `python3 -m tokenize -e`. Unlike there, comments
 * and blank lines are no tokens, and columns count UTF-8 bytes; a source that cannot be tokenized ends with the reason.
 */
export function dumpTokens(source: string | Uint8Array, filename = '<string>'): string {
  const tokens = tokenize(normalizeSource(decodeSource(source, filename, 'text').text, true))
  const lines: string[] = []
  for (let t = 0; t < tokens.count; t++) {
    const kind = tokens.kind[t]!
    const place = `${tokens.line[t]},${tokens.column[t]}-${tokens.endLine[t]},${tokens.endColumn[t]}:`
    const text = kind === ERRORTOKEN ? tokens.failure!.msg : stringRepr(tokens.text(t))
    lines.push(`${place.padEnd(20)}${tokenName(kind).padEnd(15)}${text}`)
  }
  return lines.join('\n')
}
