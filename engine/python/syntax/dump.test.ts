import { describe, expect, it } from 'vitest'
import { BytesValue, ComplexValue, ELLIPSIS, FloatValue, FrozensetValue, TupleValue } from './constant'
import { dumpAst, dumpTokens } from './dump'
import { parse } from './parser'
import { constantRepr } from './repr'

describe('dumpAst', () => {
  // print(ast.dump(ast.parse("x: int = f'{a!r}'\n"), include_attributes=True, indent=1))
  it('prints what ast.dump prints', () => {
    expect(dumpAst(parse("@d\ndef f(a, /, *, b=None): pass\n", '', 'exec'), { indent: 1 })).toBe(`Module(
 body=[
  FunctionDef(
   name='f',
   args=arguments(
    posonlyargs=[
     arg(arg='a')],
    args=[],
    kwonlyargs=[
     arg(arg='b')],
    kw_defaults=[
     Constant(value=None)],
    defaults=[]),
   body=[
    Pass()],
   decorator_list=[
    Name(id='d', ctx=Load())])],
 type_ignores=[])`)
    expect(dumpAst(parse('{**a}', '', 'eval'), { includeAttributes: true })).toBe(
      "Expression(body=Dict(keys=[None], values=[Name(id='a', ctx=Load(), lineno=1, col_offset=3, end_lineno=1, end_col_offset=4)], " +
      'lineno=1, col_offset=0, end_lineno=1, end_col_offset=5))')
  })
})

describe('constantRepr', () => {
  it('is Python’s repr', () => {
    const floats = [0, -0, 1, 0.1, 1e16, 1e15, 123456789.123456789, 1e-4, 1e-5, 5e-324, 1.7976931348623157e308, Infinity, NaN, 1e22, 12345678901234567]
    expect(floats.map((value) => constantRepr(new FloatValue(value)))).toEqual([
      '0.0', '-0.0', '1.0', '0.1', '1e+16', '1000000000000000.0', '123456789.12345679', '0.0001', '1e-05', '5e-324',
      '1.7976931348623157e+308', 'inf', 'nan', '1e+22', '1.2345678901234568e+16'
    ])
    expect([[0, 1], [0, -1], [1, 2], [-0, 1], [1, NaN], [0, 1e16], [1.5, -0]].map(([re, im]) => constantRepr(new ComplexValue(re!, im!))))
      .toEqual(['1j', '-1j', '(1+2j)', '(-0+1j)', '(1+nanj)', '1e+16j', '(1.5-0j)'])
    expect(['a', "it's", '"', `'"`, '\n\t\\\0\x7f', '\xa0\xad', 'é', '\ud800', '\u2028', '😀', '\u{e0001}'].map(constantRepr)).toEqual([
      "'a'", '"it\'s"', "'\"'", "'\\'\"'", "'\\n\\t\\\\\\x00\\x7f'", "'\\xa0\\xad'", "'é'", "'\\ud800'", "'\\u2028'", "'😀'", "'\\U000e0001'"
    ])
    expect(constantRepr(new BytesValue(Uint8Array.of(0, 9, 10, 13, 39, 92, 97, 127, 255)))).toBe('b"\\x00\\t\\n\\r\'\\\\a\\x7f\\xff"')
    expect(constantRepr(new TupleValue([1n, null, true, ELLIPSIS]))).toBe('(1, None, True, Ellipsis)')
    expect(constantRepr(new TupleValue([1n]))).toBe('(1,)')
    expect(constantRepr(new FrozensetValue([1n, 'a']))).toBe("frozenset({1, 'a'})")
    expect(constantRepr(new FrozensetValue([]))).toBe('frozenset()')
  })
})

describe('dumpTokens', () => {
  it('prints a line per token', () => {
    expect(dumpTokens("if é:  # why\n\tx **= '''a\nb'''\n").split('\n').map((line) => line.trimEnd())).toEqual([
      "1,0-1,2:            NAME           'if'",
      "1,3-1,5:            NAME           'é'",
      "1,5-1,6:            COLON          ':'",
      "1,8-1,13:           NEWLINE        '# why'",
      "2,-1-2,-1:          INDENT         ''",
      "2,1-2,2:            NAME           'x'",
      "2,3-2,6:            DOUBLESTAREQUAL'**='",
      "2,7-3,4:            STRING         \"'''a\\nb'''\"",
      "3,4-3,4:            NEWLINE        ''",
      "3,-1-3,-1:          DEDENT         ''",
      "3,-1-3,-1:          ENDMARKER      ''"
    ])
  })

  it('ends with the reason where there is no token', () => {
    expect(dumpTokens('x = )').split('\n').at(-1)).toMatch(/ERRORTOKEN +unmatched '\)'$/)
  })
})
