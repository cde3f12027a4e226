import { describe, expect, it } from 'vitest'
import { dumpAst } from './dump'
import { parse, type ParseOptions } from './parser'
import { ParserStackOverflow, PythonSyntaxError, type SyntaxWarningRecord } from './syntax-error'

/** Line, offset, end and text of the error, after its kind and message. */
function errorOf(source: string | Uint8Array, options: ParseOptions = {}): unknown[] {
  try {
    parse(source, 'file.py', 'exec', options)
  } catch (error) {
    if (!(error instanceof PythonSyntaxError)) throw error
    return [error.kind, error.msg, error.lineno, error.offset, error.end_lineno, error.end_offset, error.text]
  }
  return []
}

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0))

describe('parse', () => {
  it('has the modes of compile()', () => {
    expect(dumpAst(parse('x', '', 'exec'))).toBe("Module(body=[Expr(value=Name(id='x', ctx=Load()))], type_ignores=[])")
    expect(dumpAst(parse('x, y\n', '', 'eval'))).toBe("Expression(body=Tuple(elts=[Name(id='x', ctx=Load()), Name(id='y', ctx=Load())], ctx=Load()))")
    expect(dumpAst(parse('x; y', '', 'single')))
      .toBe("Interactive(body=[Expr(value=Name(id='x', ctx=Load())), Expr(value=Name(id='y', ctx=Load()))])")
    expect(dumpAst(parse('(a, *b) -> c', '', 'func_type')))
      .toBe("FunctionType(argtypes=[Name(id='a', ctx=Load()), Name(id='b', ctx=Load())], returns=Name(id='c', ctx=Load()))")
  })

  it('collects warnings in the order of the source', () => {
    const warnings: SyntaxWarningRecord[] = []
    parse("x = '\\d'\ny = 1if x else 2\nz = f'{2or x}\\q'", '', 'exec', { warnings })
    expect(warnings).toEqual([
      { category: 'DeprecationWarning', message: "invalid escape sequence '\\d'", lineno: 1 },
      { category: 'SyntaxWarning', message: 'invalid decimal literal', lineno: 2 },
      { category: 'SyntaxWarning', message: 'invalid decimal literal', lineno: 3 },
      { category: 'DeprecationWarning', message: "invalid escape sequence '\\q'", lineno: 3 }
    ])
  })

  it('knows barry_as_FLUFL', () => {
    expect(dumpAst(parse('a <> b', '', 'eval', { flufl: true }))).toContain('NotEq()')
    expect(() => parse('a != b', '', 'eval', { flufl: true })).toThrow(PythonSyntaxError)
    expect(() => parse('a <> b', '', 'eval')).toThrow(PythonSyntaxError)
  })

  it('gives up on what is nested too deeply', () => {
    expect(() => parse('-'.repeat(1_000_000) + 'x', '', 'exec')).toThrow(ParserStackOverflow)
    expect(errorOf('('.repeat(201))).toEqual(['SyntaxError', 'too many nested parentheses', 1, 201, 1, 201, '('.repeat(201)])
  })
})

describe('sources', () => {
  it('are decoded by cookie, mark or as UTF-8', () => {
    const valueOf = (source: string): string => /value='(.*)'/.exec(dumpAst(parse(bytes(source), '', 'exec')))![1]!
    expect(valueOf("'\xc3\xa9'")).toBe('é')
    expect(valueOf("\xef\xbb\xbf'\xc3\xa9'")).toBe('é')
    expect(valueOf("# -*- coding: latin-1 -*-\n'\xe9'")).toBe('é')
    expect(valueOf("\n# vim: set fileencoding=cp1252 :\n'\x80'")).toBe('€')
    expect(valueOf("# coding: mac-roman\n'\x8e'")).toBe('é')
    expect(valueOf("# coding: shift_jis\n'\x83\x5c'")).toBe('ソ')
    expect(valueOf("x = 1\n# coding: latin-1\n'\xc3\xa9'")).toBe('é')
  })

  // As `compile(bytes, 'file.py', 'exec')` reports them.
  it('that are not in their encoding are errors', () => {
    expect(errorOf(bytes('x = "b\xf6se"\n')))
      .toEqual(['SyntaxError', "(unicode error) 'utf-8' codec can't decode byte 0xf6 in position 1: invalid start byte", 1, 11, 1, 11, 'x = "b\ufffdse"\n'])
    expect(errorOf(bytes('\xf6x = 1\n')))
      .toEqual(['SyntaxError', "(unicode error) 'utf-8' codec can't decode byte 0xf6 in position 0: invalid start byte", 1, 2, 1, -1, '\ufffdx = 1\n'])
    expect(errorOf(bytes('# \xf6\nx = 1\n'))).toEqual([])
    expect(errorOf(bytes('# coding: ascii\nx = "\xc3\xa9"\n')))
      .toEqual(['SyntaxError', "'ascii' codec can't decode byte 0xc3 in position 21: ordinal not in range(128)", 0, -1, null, null, null])
    expect(errorOf(bytes('# coding: foo-bar\n'))).toEqual(['SyntaxError', 'unknown encoding: foo-bar', 0, -1, null, null, null])
    expect(errorOf(bytes('\xef\xbb\xbf# coding: latin-1\n')))
      .toEqual(['SyntaxError', 'encoding problem: iso-8859-1 with BOM', 0, -1, null, null, null])
    expect(errorOf('a\0b')).toEqual(['SyntaxError', 'source code string cannot contain null bytes', null, null, null, null, null])
  })

  // As `python3 file.py` reports them.
  it('of scripts have errors of their own', () => {
    const script = { origin: 'script' } as const
    expect(errorOf(bytes('\nx = "b\xf6se"\n'), script)).toEqual([
      'SyntaxError',
      "Non-UTF-8 code starting with '\\xf6' in file file.py on line 2, but no encoding declared; see https://peps.python.org/pep-0263/ for details",
      null, null, null, null, null
    ])
    expect(errorOf(bytes('# coding: foo\n'), script)).toEqual(['SyntaxError', 'encoding problem: foo', null, null, null, null, null])
    expect(errorOf(bytes('x = 1\na\0b'), script)).toEqual(['SyntaxError', 'source code cannot contain null bytes', 2, 0, 2, 0, 'a'])
  })

  it('show the lines of the file, and offsets in bytes where the encoding was not told', () => {
    const source = 'é = 1 $\nx = 2'
    const utf8 = new TextEncoder().encode(source)
    expect(errorOf(source)).toEqual(['SyntaxError', 'invalid syntax', 1, 7, 1, 8, 'é = 1 $\n'])
    expect(errorOf(utf8)).toEqual(['SyntaxError', 'invalid syntax', 1, 8, 1, 9, 'é = 1 $\n'])
    expect(errorOf(utf8, { origin: 'module' })).toEqual(['SyntaxError', 'invalid syntax', 1, 8, 1, 9, 'é = 1 $\n'])
    expect(errorOf('x = (\n\n1 2)\n', { origin: 'module' }))
      .toEqual(['SyntaxError', 'invalid syntax. Perhaps you forgot a comma?', 3, 1, 3, 4, '1 2)\n'])
    expect(errorOf('x\ny $', { origin: 'module' })).toEqual(['SyntaxError', 'invalid syntax', 2, 3, 2, 4, 'y $'])
  })
})
