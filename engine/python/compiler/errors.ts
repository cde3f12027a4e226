// Errors the compiler raises. SyntaxErrors are those of the parser (syntax/syntax-error.ts); their offsets
// are UTF-8 byte columns + 1, as in CPython, whose compiler does not convert them to characters either.
// Their `text` is null: it is the reporter who can read the file.
import { PythonSyntaxError } from '../syntax/syntax-error'

/** An exception other than SyntaxError, by the name of its Python type. */
export class CompilerException extends Error {
  constructor(readonly pythonType: 'RecursionError' | 'SystemError' | 'ValueError' | 'TypeError', message: string) {
    super(message)
    this.name = pythonType
  }
}

export function syntaxError(message: string, filename: string, lineno: number, offset: number,
  endLineno: number, endOffset: number | null): PythonSyntaxError {
  return new PythonSyntaxError('SyntaxError', message, filename,
    { lineno, offset, end_lineno: endLineno, end_offset: endOffset, text: null })
}

export function recursionError(): CompilerException {
  return new CompilerException('RecursionError', 'maximum recursion depth exceeded during compilation')
}
