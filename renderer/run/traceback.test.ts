import { expect, test } from 'vitest'
import { errorPlace } from './traceback'

// Printed by CPython 3.11.7.
const ZERO = `Traceback (most recent call last):
  File "/s/boom.py", line 6, in <module>
    main()
  File "/s/boom.py", line 4, in main
    return json.loads('{')
           ^^^^^^^^^^^^^^^
  File "/usr/lib/python3.11/json/decoder.py", line 353, in raw_decode
    obj, end = self.scan_once(s, idx)
json.decoder.JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)
`
const SYNTAX = `  File "/s/bad.py", line 3
    print('a' 'b' c)
          ^^^^^^^^^
SyntaxError: invalid syntax. Perhaps you forgot a comma?
`
const CHAINED = `Traceback (most recent call last):
  File "/s/boom.py", line 2, in <module>
    {}['k']
KeyError: 'k'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/s/boom.py", line 4, in <module>
    raise ValueError('no such key')
ValueError: no such key
`

test('the innermost line of the script, not of the library', () => {
  expect(errorPlace(ZERO, '/s/boom.py')).toEqual({
    line: 4, column: null, endColumn: null,
    message: 'json.decoder.JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)'
  })
})

test('a syntax error has columns', () => {
  expect(errorPlace(SYNTAX, '/s/bad.py')).toEqual({
    line: 3, column: 6, endColumn: 15, message: 'SyntaxError: invalid syntax. Perhaps you forgot a comma?'
  })
})

test('of a chain the last', () => {
  expect(errorPlace(CHAINED, '/s/boom.py')).toMatchObject({ line: 4, message: 'ValueError: no such key' })
})

test('other output, other files', () => {
  expect(errorPlace('warning: File "x"\n', '/s/boom.py')).toBeNull()
  expect(errorPlace(ZERO, '/s/other.py')).toBeNull()
})
