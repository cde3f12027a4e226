import { expect, test } from 'vitest'
import { splitArguments } from './arguments'

test('split as by a shell', () => {
  expect(splitArguments('  --size 10 "a b" c\\ d \'e "f\' "" g"h"i ')).toEqual(['--size', '10', 'a b', 'c d', 'e "f', '', 'ghi'])
  expect(splitArguments('"a \\" b \\n"')).toEqual(['a " b \\n'])
  expect(splitArguments('')).toEqual([])
})
