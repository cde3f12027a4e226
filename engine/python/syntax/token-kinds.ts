// Numbers of the token kinds. Up to ERRORTOKEN they are CPython's (Include/internal/pycore_token.h), so that a
// dump can be compared; keywords follow, one kind each, so that the parser decides on a number alone.
// They are typed `number` so that a comparison does not narrow the type of the cursor, which moves.
// The soft keywords `match`, `case` and `_` are NAME: only their text tells them apart.

export const ENDMARKER: number = 0
export const NAME: number = 1
export const NUMBER: number = 2
export const STRING: number = 3
export const NEWLINE: number = 4
export const INDENT: number = 5
export const DEDENT: number = 6
export const LPAR: number = 7
export const RPAR: number = 8
export const LSQB: number = 9
export const RSQB: number = 10
export const COLON: number = 11
export const COMMA: number = 12
export const SEMI: number = 13
export const PLUS: number = 14
export const MINUS: number = 15
export const STAR: number = 16
export const SLASH: number = 17
export const VBAR: number = 18
export const AMPER: number = 19
export const LESS: number = 20
export const GREATER: number = 21
export const EQUAL: number = 22
export const DOT: number = 23
export const PERCENT: number = 24
export const LBRACE: number = 25
export const RBRACE: number = 26
export const EQEQUAL: number = 27
export const NOTEQUAL: number = 28
export const LESSEQUAL: number = 29
export const GREATEREQUAL: number = 30
export const TILDE: number = 31
export const CIRCUMFLEX: number = 32
export const LEFTSHIFT: number = 33
export const RIGHTSHIFT: number = 34
export const DOUBLESTAR: number = 35
export const PLUSEQUAL: number = 36
export const MINEQUAL: number = 37
export const STAREQUAL: number = 38
export const SLASHEQUAL: number = 39
export const PERCENTEQUAL: number = 40
export const AMPEREQUAL: number = 41
export const VBAREQUAL: number = 42
export const CIRCUMFLEXEQUAL: number = 43
export const LEFTSHIFTEQUAL: number = 44
export const RIGHTSHIFTEQUAL: number = 45
export const DOUBLESTAREQUAL: number = 46
export const DOUBLESLASH: number = 47
export const DOUBLESLASHEQUAL: number = 48
export const AT: number = 49
export const ATEQUAL: number = 50
export const RARROW: number = 51
export const ELLIPSIS: number = 52
export const COLONEQUAL: number = 53
/** A character that begins no token of Python: `$`, `?`, a lone `!`. */
export const OP: number = 54
export const AWAIT: number = 55
export const ASYNC: number = 56
/** Where the tokenizer gave up: `Tokens.failure` says why. */
export const ERRORTOKEN: number = 60

export const KW_FALSE: number = 64
export const KW_NONE: number = 65
export const KW_TRUE: number = 66
export const KW_AND: number = 67
export const KW_AS: number = 68
export const KW_ASSERT: number = 69
export const KW_BREAK: number = 70
export const KW_CLASS: number = 71
export const KW_CONTINUE: number = 72
export const KW_DEF: number = 73
export const KW_DEL: number = 74
export const KW_ELIF: number = 75
export const KW_ELSE: number = 76
export const KW_EXCEPT: number = 77
export const KW_FINALLY: number = 78
export const KW_FOR: number = 79
export const KW_FROM: number = 80
export const KW_GLOBAL: number = 81
export const KW_IF: number = 82
export const KW_IMPORT: number = 83
export const KW_IN: number = 84
export const KW_IS: number = 85
export const KW_LAMBDA: number = 86
export const KW_NONLOCAL: number = 87
export const KW_NOT: number = 88
export const KW_OR: number = 89
export const KW_PASS: number = 90
export const KW_RAISE: number = 91
export const KW_RETURN: number = 92
export const KW_TRY: number = 93
export const KW_WHILE: number = 94
export const KW_WITH: number = 95
export const KW_YIELD: number = 96

/** Every reserved word, with its kind. */
export const KEYWORDS: ReadonlyMap<string, number> = new Map([
  ['False', KW_FALSE], ['None', KW_NONE], ['True', KW_TRUE], ['and', KW_AND], ['as', KW_AS], ['assert', KW_ASSERT],
  ['async', ASYNC], ['await', AWAIT], ['break', KW_BREAK], ['class', KW_CLASS], ['continue', KW_CONTINUE], ['def', KW_DEF],
  ['del', KW_DEL], ['elif', KW_ELIF], ['else', KW_ELSE], ['except', KW_EXCEPT], ['finally', KW_FINALLY], ['for', KW_FOR],
  ['from', KW_FROM], ['global', KW_GLOBAL], ['if', KW_IF], ['import', KW_IMPORT], ['in', KW_IN], ['is', KW_IS],
  ['lambda', KW_LAMBDA], ['nonlocal', KW_NONLOCAL], ['not', KW_NOT], ['or', KW_OR], ['pass', KW_PASS], ['raise', KW_RAISE],
  ['return', KW_RETURN], ['try', KW_TRY], ['while', KW_WHILE], ['with', KW_WITH], ['yield', KW_YIELD]
])

/** Every operator and delimiter, with its kind. */
export const OPERATORS: ReadonlyMap<string, number> = new Map([
  ['(', LPAR], [')', RPAR], ['[', LSQB], [']', RSQB], [':', COLON], [',', COMMA], [';', SEMI], ['+', PLUS], ['-', MINUS],
  ['*', STAR], ['/', SLASH], ['|', VBAR], ['&', AMPER], ['<', LESS], ['>', GREATER], ['=', EQUAL], ['.', DOT], ['%', PERCENT],
  ['{', LBRACE], ['}', RBRACE], ['==', EQEQUAL], ['!=', NOTEQUAL], ['<=', LESSEQUAL], ['>=', GREATEREQUAL], ['~', TILDE],
  ['^', CIRCUMFLEX], ['<<', LEFTSHIFT], ['>>', RIGHTSHIFT], ['**', DOUBLESTAR], ['+=', PLUSEQUAL], ['-=', MINEQUAL],
  ['*=', STAREQUAL], ['/=', SLASHEQUAL], ['%=', PERCENTEQUAL], ['&=', AMPEREQUAL], ['|=', VBAREQUAL], ['^=', CIRCUMFLEXEQUAL],
  ['<<=', LEFTSHIFTEQUAL], ['>>=', RIGHTSHIFTEQUAL], ['**=', DOUBLESTAREQUAL], ['//', DOUBLESLASH], ['//=', DOUBLESLASHEQUAL],
  ['@', AT], ['@=', ATEQUAL], ['->', RARROW], ['...', ELLIPSIS], [':=', COLONEQUAL]
])

/** Name of every kind, as CPython's token module has it; keywords are NAMEs there. */
export function tokenName(kind: number): string {
  return NAMES[kind] ?? 'NAME'
}

const NAMES = [
  'ENDMARKER', 'NAME', 'NUMBER', 'STRING', 'NEWLINE', 'INDENT', 'DEDENT', 'LPAR', 'RPAR', 'LSQB', 'RSQB', 'COLON', 'COMMA', 'SEMI',
  'PLUS', 'MINUS', 'STAR', 'SLASH', 'VBAR', 'AMPER', 'LESS', 'GREATER', 'EQUAL', 'DOT', 'PERCENT', 'LBRACE', 'RBRACE', 'EQEQUAL',
  'NOTEQUAL', 'LESSEQUAL', 'GREATEREQUAL', 'TILDE', 'CIRCUMFLEX', 'LEFTSHIFT', 'RIGHTSHIFT', 'DOUBLESTAR', 'PLUSEQUAL', 'MINEQUAL',
  'STAREQUAL', 'SLASHEQUAL', 'PERCENTEQUAL', 'AMPEREQUAL', 'VBAREQUAL', 'CIRCUMFLEXEQUAL', 'LEFTSHIFTEQUAL', 'RIGHTSHIFTEQUAL',
  'DOUBLESTAREQUAL', 'DOUBLESLASH', 'DOUBLESLASHEQUAL', 'AT', 'ATEQUAL', 'RARROW', 'ELLIPSIS', 'COLONEQUAL', 'OP', 'AWAIT', 'ASYNC'
]
NAMES[ERRORTOKEN] = 'ERRORTOKEN'
