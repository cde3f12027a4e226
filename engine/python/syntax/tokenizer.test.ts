import { describe, expect, it } from 'vitest'
import { OPERATORS, KEYWORDS } from './token-kinds'
import { tokenize } from './tokenizer'
import * as kinds from './token-kinds'

function textsOf(source: string): string[] {
  const tokens = tokenize(source)
  return Array.from({ length: tokens.count }, (_, t) => tokens.text(t)).filter((text) => text !== '')
}

function kindsOf(source: string, interactive?: 'whole' | 'partial'): string[] {
  const tokens = tokenize(source, { interactive })
  return Array.from(tokens.kind.subarray(0, tokens.count), kinds.tokenName)
}

describe('tokenize', () => {
  it('knows every operator and keyword', () => {
    for (const [text, kind] of OPERATORS) {
      if (!')]}'.includes(text)) expect([text, tokenize(text).kind[0]]).toEqual([text, kind])
    }
    for (const [text, kind] of KEYWORDS) {
      expect([text, tokenize(text).kind[0]]).toEqual([text, kind])
      expect(tokenize(`${text}_`).kind[0]).toBe(kinds.NAME)
    }
  })

  it('takes the longest operator', () => {
    expect(textsOf('a**=b//c<<=d->e...f:=g!=h<>i==j')).toEqual(
      ['a', '**=', 'b', '//', 'c', '<<=', 'd', '->', 'e', '...', 'f', ':=', 'g', '!=', 'h', '<>', 'i', '==', 'j'])
    expect(textsOf('x ===y..z.5.')).toEqual(['x', '==', '=', 'y', '.', '.', 'z', '.5', '.'])
  })

  it('splits numbers from what follows', () => {
    expect(textsOf('0x1f.real 1..real 1e5 1_0j 9or 1 1if 0b1 0o7')).toEqual(
      ['0x1f', '.', 'real', '1.', '.', 'real', '1e5', '1_0j', '9', 'or', '1', '1', 'if', '0b1', '0o7'])
  })

  it('takes string prefixes in every case and order, and no others', () => {
    for (const prefix of ['r', 'B', 'u', 'F', 'bR', 'Rb', 'fr', 'RF']) expect(textsOf(`${prefix}'a'`)).toEqual([`${prefix}'a'`])
    for (const prefix of ['ur', 'bf', 'bb', 'x', 'rbf', 'ub']) expect(textsOf(`${prefix}'a'`)).toEqual([prefix, "'a'"])
  })

  it('measures indentation, not blank lines and comments', () => {
    expect(kindsOf('if a:\n\n  # c\n    b\n # d\n    c\nd\n')).toEqual([
      'NAME', 'NAME', 'COLON', 'NEWLINE', 'INDENT', 'NAME', 'NEWLINE', 'NAME', 'NEWLINE', 'DEDENT', 'NAME', 'NEWLINE', 'ENDMARKER'
    ])
  })

  it('ends a statement at the prompt', () => {
    expect(kindsOf('x', 'whole')).toEqual(['NAME', 'NEWLINE', 'ENDMARKER'])
    expect(kindsOf('if a:\n b', 'whole').slice(4)).toEqual(['INDENT', 'NAME', 'NEWLINE', 'DEDENT', 'NEWLINE', 'ENDMARKER'])
    expect(kindsOf('if a:\n b', 'partial').slice(4)).toEqual(['INDENT', 'NAME', 'NEWLINE', 'ENDMARKER'])
    expect(kindsOf('# nothing', 'whole')).toEqual(['ENDMARKER'])
  })

  it('counts columns in UTF-8 bytes', () => {
    const tokens = tokenize('é = "😀" + x\n')
    expect(Array.from(tokens.column.subarray(0, tokens.count))).toEqual([0, 3, 5, 12, 14, 15, -1])
    expect(Array.from(tokens.endColumn.subarray(0, tokens.count))).toEqual([2, 4, 11, 13, 15, 15, -1])
  })
})
