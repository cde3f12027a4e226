import { describe, expect, it } from 'vitest'
import { CodeObject } from '../bytecode/code'
import * as ast from '../syntax/nodes'
import { parse } from '../syntax/parser'
import { PythonSyntaxError } from '../syntax/syntax-error'
import { compile } from './compile'
import { CompilerException } from './errors'

function sum(terms: number): string {
  return new Array<string>(terms).fill('a').join('+')
}

function compiled(source: string, framesLeft?: number): CodeObject {
  return compile(parse(source, 'x', 'exec'), 'x', 'exec', 0, 0, null, framesLeft)
}

describe('compile', () => {
  it('raises RecursionError where CPython does', () => {
    // CPython 3.11.7 with sys.setrecursionlimit(40), called from the module: 116 terms compile, 117 do not.
    expect(compiled(sum(116), 39)).toBeInstanceOf(CodeObject)
    expect(() => compiled(sum(117), 39)).toThrow(CompilerException)
    expect(() => compiled(sum(117), 39)).toThrow('maximum recursion depth exceeded during compilation')
    expect(() => compiled(sum(117).replaceAll('a', '1'), 39)).toThrow('maximum recursion depth exceeded')
  })

  it('raises RecursionError where the stack of JavaScript is too small for the limit', () => {
    let value: ast.expr = new ast.Name('a', new ast.Load(), 1, 0, 1, 1)
    for (let i = 0; i < 1_000_000; i++) value = new ast.UnaryOp(new ast.Not(), value, 1, 0, 1, 1)
    expect(() => compile(new ast.Expression(value), 'x', 'eval', 0, 0, null, 1_000_000)).toThrow(CompilerException)
  })

  it('turns a warning into a SyntaxError if the handler says so', () => {
    const tree = parse('x\n\ny is 1\n', 'x.py', 'exec')
    const seen: [string, number][] = []
    let caught: unknown
    try {
      compile(tree, 'x.py', 'exec', 0, 0, (message, lineno) => {
        seen.push([message, lineno])
        return true
      })
    } catch (error) {
      caught = error
    }
    expect(seen).toEqual([['"is" with a literal. Did you mean "=="?', 3]])
    expect(caught).toBeInstanceOf(PythonSyntaxError)
    expect(caught).toMatchObject({ msg: seen[0]![0], lineno: 3, offset: 1, end_lineno: 3, end_offset: 7, filename: 'x.py' })
  })

  it('refuses a tree of another mode', () => {
    expect(() => compile(parse('x', 'x', 'eval'), 'x', 'exec', 0, 0)).toThrow('expected Module node, got Expression')
  })

  it('makes one constant of equal code objects', () => {
    const code = compiled('try:\n  pass\nfinally:\n  f = lambda: 1\n')
    expect(code.co_consts.filter(value => value instanceof CodeObject)).toHaveLength(1)
  })

  it('shares equal tuples between code objects', () => {
    const code = compiled('x = (1, (2, 3))\ndef f(): return (2, 3)\n')
    const inner = code.co_consts.find(value => value instanceof CodeObject) as CodeObject
    const [tuple] = code.co_consts as { items: unknown[] }[]
    expect(inner.co_consts[1]).toBe(tuple!.items[1])
  })
})
