import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ComplexValue, ELLIPSIS, FrozensetValue, TupleValue, type ConstantValue } from '../../syntax/constant'
import * as ast from '../../syntax/nodes'
import { PythonSyntaxError } from '../../syntax/syntax-error'
import { compile } from '../compile'
import { CompilerException } from '../errors'
import { validateTree } from '../validate'
import { codeText } from './canonical'
import records from './trees.json'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

function constantOf(json: Json): ConstantValue {
  if (json === null || typeof json === 'boolean' || typeof json === 'string') return json
  const { constant, value } = json as { constant: string, value: Json[] }
  switch (constant) {
    case 'ellipsis': return ELLIPSIS
    case 'int': return BigInt(value as unknown as string)
    case 'complex': return new ComplexValue(value[0] as number, value[1] as number)
    case 'tuple': return new TupleValue(value.map(constantOf))
    default: return new FrozensetValue(value.map(constantOf))
  }
}

const constructors = ast as unknown as Record<string, new (...fields: unknown[]) => unknown>

/** A node from make_trees.py's form of it. */
function nodeOf(json: Json): unknown {
  if (Array.isArray(json)) return json.map(nodeOf)
  if (json === null || typeof json !== 'object' || !('node' in json)) return json
  const name = json.node as string
  const fields = json.fields as Json[]
  const values = fields.map(nodeOf)
  if (name === 'Constant' || name === 'MatchSingleton') values[0] = constantOf(fields[0]!)
  return new constructors[name === 'arguments' ? 'arguments_' : name]!(...values)
}

function outcomeOf(tree: ast.mod): { code?: string, error?: string[] } {
  const mode = tree._type === 'Module' ? 'exec' : tree._type === 'Expression' ? 'eval' : 'single'
  try {
    validateTree(tree)
    return { code: createHash('sha256').update(codeText(compile(tree, '<case>', mode, 0, 0))).digest('hex') }
  } catch (error) {
    if (error instanceof CompilerException) return { error: [error.pythonType, error.message] }
    if (error instanceof PythonSyntaxError) return { error: [error.kind, error.msg] }
    throw error
  }
}

describe('trees that no parser makes, as CPython 3.11 takes them', () => {
  for (const { case: title, tree, ...expected } of records) {
    it(title, () => {
      expect(outcomeOf(nodeOf(tree as Json) as ast.mod)).toEqual(expected)
    })
  }
})
