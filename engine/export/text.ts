// Names as other formats can hold them.

const hex = (code: number, digits: number) => code.toString(16).padStart(digits, '0')

/**
 * Surrogates that stand alone, which UTF-8 has no bytes for, as Python's `backslashreplace` writes them: \udc80. JSON needs
 * none of this, JSON.stringify writes the same six characters as an escape.
 */
export function encodable(text: string): string {
  return text.isWellFormed() ? text : text.replace(/\p{Surrogate}/gu, c => `\\u${hex(c.charCodeAt(0), 4)}`)
}

/** On one line: control characters, line separators and lone surrogates as escapes, and therefore backslashes doubled. */
export function oneLine(text: string): string {
  return encodable(text.replace(/[\\\p{Cc}\u2028\u2029]/gu, c => {
    if (c === '\\') return '\\\\'
    if (c === '\n') return '\\n'
    if (c === '\r') return '\\r'
    if (c === '\t') return '\\t'
    const code = c.charCodeAt(0)
    return code < 256 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`
  }))
}

/** The last part of a path. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1) || path
