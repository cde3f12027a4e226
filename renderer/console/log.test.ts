import { expect, test } from 'vitest'
import { ConsoleLog } from './log'

const bytes = (text: string) => new TextEncoder().encode(text)
const texts = (log: ConsoleLog) => log.lines.map(line => `${line.fd} ${line.tick} ${line.text}`)

test('lines keep their stream and the instant of their first piece', () => {
  const log = new ConsoleLog()
  log.append(1, 10, bytes('one\ntw'))
  log.append(2, 11, bytes('warning\n'))
  log.append(1, 12, bytes('o\n\nthree'))
  expect(texts(log)).toEqual(['1 10 one', '1 10 two', '2 11 warning', '1 12 ', '1 12 three'])
  expect(log.textOf(2)).toBe('warning\n')
})

test('a character cut in two comes out whole', () => {
  const log = new ConsoleLog()
  const [a, b] = [bytes('é\n').slice(0, 1), bytes('é\n').slice(1)]
  log.append(1, 1, a!)
  log.append(1, 2, b!)
  expect(texts(log)).toEqual(['1 2 é'])
})

test('terminal colours go, a carriage return overwrites', () => {
  const log = new ConsoleLog()
  log.append(1, 1, bytes('\u001b[31mred\u001b[0m\n10 %\r'))
  log.append(1, 2, bytes('100 %\n'))
  expect(texts(log)).toEqual(['1 1 red', '1 1 100 %'])
})

test('very long output lets its beginning go', () => {
  const log = new ConsoleLog()
  log.append(1, 1, bytes('x\n'.repeat(100_010)))
  expect(log.lines.length).toBe(100_000)
  expect(log.dropped).toBe(10)
})
