// From what the caller has (text, or bytes in some encoding) to what the tokenizer wants: text without byte order
// mark, with `\n` line ends only.
import { CodecError, decodeAscii, decodeLatin1, decodeUtf8, type Decoded } from '../lib/codecs'
import { decodeCharmapTable } from '../lib/codecs-charmap'
import { standardDecodeHandler } from '../lib/codecs-errors'
import { decodeUtf7 } from '../lib/codecs-utf7'
import { CHARMAPS, CHARMAP_ALIASES } from './charmaps'
import { decodeErrorText } from './characters'
import { PythonSyntaxError } from './syntax-error'

/** Where the source comes from; see ParseOptions. */
export type SourceOrigin = 'text' | 'module' | 'script'

export interface DecodedSource {
  readonly text: string
  /** The source began with a byte order mark, which is not part of `text`. */
  readonly hasMark: boolean
  /** Whether the encoding was told (by a cookie, a mark, or because the source was text already). */
  readonly encodingKnown: boolean
  /** Bytes that are not UTF-8 stand in `text` as U+DC80 … U+DCFF; literals and names that have any are errors. */
  readonly invalidUtf8: boolean
}

/** Decodes a source. Mirrors decode_str of Parser/tokenizer.c, and for scripts what reading from a file does instead. */
export function decodeSource(source: string | Uint8Array, filename: string, origin: SourceOrigin): DecodedSource {
  if (typeof source === 'string') {
    refuseNulls(source, filename, origin)
    return { text: source, hasMark: false, encodingKnown: true, invalidUtf8: false }
  }
  const hasMark = source[0] === 0xef && source[1] === 0xbb && source[2] === 0xbf
  const bytes = hasMark ? source.subarray(3) : source
  const cookie = findCookie(bytes)
  if (hasMark && cookie !== null && cookie !== 'utf-8') throw initialError(`encoding problem: ${cookie} with BOM`, filename, origin)
  if (cookie !== null && cookie !== 'utf-8') {
    const text = decodeDeclared(bytes, cookie, filename, origin)
    refuseNulls(text, filename, origin)
    return { text, hasMark, encodingKnown: true, invalidUtf8: false }
  }
  const decoded = decodeUtf8(bytes)
  if (!(decoded instanceof CodecError)) {
    refuseNulls(decoded.text, filename, origin)
    return { text: decoded.text, hasMark, encodingKnown: hasMark || cookie !== null, invalidUtf8: false }
  }
  if (origin === 'script') throw notUtf8(bytes, decoded.start, filename)
  const { text } = decodeUtf8(bytes, standardDecodeHandler('surrogateescape') ?? null) as Decoded
  refuseNulls(text, filename, origin)
  return { text, hasMark, encodingKnown: hasMark || cookie !== null, invalidUtf8: true }
}

/**
 * Text with universal newlines; `closed` adds the final newline that a whole file must have. Like translate_newlines of
 * Parser/tokenizer.c, it misses that a final `\r\n` is one already; line numbers of errors at the end show it.
 */
export function normalizeSource(text: string, closed: boolean): string {
  let source = text
  if (source.includes('\r')) source = source.replaceAll('\r\n', '\n').replaceAll('\r', '\n')
  return closed && (!source.endsWith('\n') || text.endsWith('\r\n')) ? source + '\n' : source
}

/**
 * The encoding named by a comment in the first two lines (PEP 263), or null. The second line counts only if the first
 * is empty or a comment. Mirrors get_coding_spec, check_coding_spec and get_normal_name.
 */
function findCookie(bytes: Uint8Array): string | null {
  let start = 0
  for (let line = 0; line < 2; line++) {
    let end = start
    while (end < bytes.length && bytes[end] !== 0x0a && bytes[end] !== 0x0d) end++
    const { text } = decodeLatin1(bytes.subarray(start, end))
    const found = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/.exec(text)
    if (found !== null) return normalName(found[1]!)
    if (!/^[ \t\f]*(?:#.*)?$/.test(text)) return null
    start = end + (bytes[end] === 0x0d && bytes[end + 1] === 0x0a ? 2 : 1)
  }
  return null
}

function normalName(name: string): string {
  const start = name.slice(0, 12).toLowerCase().replaceAll('_', '-')
  if (start === 'utf-8' || start.startsWith('utf-8-')) return 'utf-8'
  if (/^(?:latin-1|iso-8859-1|iso-latin-1)(?:-|$)/.test(start)) return 'iso-8859-1'
  return name
}

// Names of encodings in Lib/encodings and its aliases.py, normalized; those of one byte a character are in charmaps.ts.
const LATIN_1 = new Set(['iso_8859_1', 'iso8859_1', 'latin_1', 'latin1', 'latin', 'l1', '8859', 'cp819', 'iso8859', 'iso_ir_100'])
const ASCII = new Set(['ascii', 'us_ascii', '646', 'us', 'ansi_x3.4_1968', 'ansi_x3_4_1968', 'iso646_us', 'iso_646.irv_1991', 'iso_ir_6',
  'cp367', 'csascii', 'ibm367'])
const UTF_8 = new Set(['utf_8', 'utf8', 'u8', 'utf', 'cp65001', 'utf8_ucs2', 'utf8_ucs4', 'utf_8_sig'])
const PLATFORM_LABELS: ReadonlyMap<string, string> = new Map([
  ['cp932', 'shift_jis'], ['sjis', 'shift_jis'], ['s_jis', 'shift_jis'], ['shift_jis', 'shift_jis'], ['shiftjis', 'shift_jis'],
  ['euc_jp', 'euc-jp'], ['eucjp', 'euc-jp'], ['ujis', 'euc-jp'], ['euc_kr', 'euc-kr'], ['euckr', 'euc-kr'], ['cp949', 'euc-kr'],
  ['big5', 'big5'], ['big5_tw', 'big5'], ['gbk', 'gbk'], ['cp936', 'gbk'], ['936', 'gbk'], ['gb2312', 'gbk'], ['gb18030', 'gb18030'],
  ['iso2022_jp', 'iso-2022-jp'], ['iso_2022_jp', 'iso-2022-jp']
])

function decodeDeclared(bytes: Uint8Array, cookie: string, filename: string, origin: SourceOrigin): string {
  const decoded = decodeNamed(bytes, cookie.toLowerCase().replaceAll(/[^a-z0-9.]+/g, '_'))
  if (decoded !== null && !(decoded instanceof CodecError)) return decoded.text
  // DIFFERS: encodings that the platform cannot decode (utf-16, idna, text transforms) count as unknown.
  const msg = origin === 'script' ? `encoding problem: ${cookie}`
    : decoded === null ? `unknown encoding: ${cookie}` : decodeErrorText(decoded, bytes)
  throw initialError(msg, filename, origin)
}

function decodeNamed(bytes: Uint8Array, name: string): Decoded | CodecError | null {
  if (LATIN_1.has(name)) return decodeLatin1(bytes)
  if (ASCII.has(name)) return decodeAscii(bytes)
  if (UTF_8.has(name)) return decodeUtf8(bytes)
  if (name === 'utf_7' || name === 'utf7' || name === 'u7') return decodeUtf7(bytes)
  const charmap = CHARMAPS[CHARMAP_ALIASES[name] ?? name]
  if (charmap !== undefined) return decodeCharmapTable(bytes, ASCII_CHARACTERS + charmap)
  const label = PLATFORM_LABELS.get(name)
  if (label === undefined) return null
  try {
    return { text: new TextDecoder(label, { fatal: true }).decode(bytes), consumed: bytes.length }
  } catch {
    return null
  }
}

const ASCII_CHARACTERS = String.fromCharCode(...Array(128).keys())

/** An error before there is any line: CPython gives line 0, or for scripts nothing at all. */
function initialError(msg: string, filename: string, origin: SourceOrigin): PythonSyntaxError {
  const isScript = origin === 'script'
  return new PythonSyntaxError('SyntaxError', msg, filename, {
    lineno: isScript ? null : 0, offset: isScript ? null : -1, end_lineno: null, end_offset: null, text: null
  })
}

const NOWHERE = { lineno: null, offset: null, end_lineno: null, end_offset: null, text: null }

function notUtf8(bytes: Uint8Array, index: number, filename: string): PythonSyntaxError {
  let line = 1
  for (let i = 0; i < index; i++) if (bytes[i] === 0x0a) line++
  const byte = bytes[index]!.toString(16).padStart(2, '0')
  return new PythonSyntaxError('SyntaxError', `Non-UTF-8 code starting with '\\x${byte}' in file ${filename} on line ${line}, ` +
    'but no encoding declared; see https://peps.python.org/pep-0263/ for details', filename, NOWHERE)
}

function refuseNulls(text: string, filename: string, origin: SourceOrigin): void {
  const index = text.indexOf('\0')
  if (index < 0) return
  if (origin !== 'script') throw new PythonSyntaxError('SyntaxError', 'source code string cannot contain null bytes', filename, NOWHERE)
  const lineStart = text.lastIndexOf('\n', index) + 1
  const lineno = text.slice(0, lineStart).split('\n').length
  throw new PythonSyntaxError('SyntaxError', 'source code cannot contain null bytes', filename, {
    lineno, offset: 0, end_lineno: lineno, end_offset: 0, text: text.slice(lineStart, index)
  })
}
