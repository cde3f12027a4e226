import { expect, test } from 'vitest'
import { keyCaps, matchesKeys } from './keys'

const press = (key: string, held: string[] = [], code = '') =>
  ({ key, code, ctrlKey: held.includes('ctrl'), metaKey: held.includes('meta'), shiftKey: held.includes('shift'), altKey: held.includes('alt') })

test('Mod is Ctrl, or Command on a Mac', () => {
  expect(matchesKeys(press('P', ['ctrl', 'shift']), 'Mod+Shift+P', false)).toBe(true)
  expect(matchesKeys(press('p', ['ctrl']), 'Mod+Shift+P', false)).toBe(false)
  expect(matchesKeys(press('P', ['meta', 'shift']), 'Mod+Shift+P', true)).toBe(true)
  expect(matchesKeys(press('P', ['ctrl', 'shift']), 'Mod+Shift+P', true)).toBe(false)
})

test('signs are matched as typed, digits by their place', () => {
  expect(matchesKeys(press('?', ['shift']), '?', false)).toBe(true)
  expect(matchesKeys(press('&', ['ctrl'], 'Digit1'), 'Mod+1', false)).toBe(true)
  expect(matchesKeys(press('ArrowLeft', ['alt']), 'Alt+ArrowLeft', false)).toBe(true)
  expect(matchesKeys(press('ArrowLeft'), 'Alt+ArrowLeft', false)).toBe(false)
})

test('caps', () => {
  expect(keyCaps('Mod+Shift+p', false)).toEqual(['Ctrl', 'Shift', 'P'])
  expect(keyCaps('Alt+ArrowLeft', true)).toEqual(['⌥', '←'])
})
