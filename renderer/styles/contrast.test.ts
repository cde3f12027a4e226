// Text is readable in both themes: the contrast that WCAG 2.1 asks for, from the tokens themselves.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8')
function tokens(theme: 'light' | 'dark'): Map<string, string> {
  const block = new RegExp(`\\[data-theme='${theme}'\\] \\{([^}]*)\\}`).exec(css)![1]!
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(match => [match[1]!, match[2]!]))
}

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map(at => parseInt(colour.slice(at, at + 2), 16) / 255).map(c => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
}
function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (high! + 0.05) / (low! + 0.05)
}

const GROUNDS = ['surface', 'sunken', 'ground']
const TEXTS = ['ink', 'ink-soft', 'ink-faint', 'accent', 'grow', 'shrink', 'bad', 'good']
const PAIRS: [string, string][] = [
  ...TEXTS.flatMap(text => GROUNDS.map((ground): [string, string] => [text, ground])),
  ['accent-ink', 'accent'], ['ink', 'accent-soft'], ['accent', 'accent-soft'], ['ink', 'alive-fill'], ['grow', 'grow-fill'], ['shrink', 'shrink-fill'],
  ['bad', 'bad-fill'], ['ink-soft', 'warn-fill'], ['surface', 'mark'], ['surface', 'playhead'],
  ...['keyword', 'string', 'number', 'comment', 'function', 'name', 'class', 'operator', 'constant', 'decorator'].map((name): [string, string] => [`code-${name}`, 'surface'])
]

test.each(['light', 'dark'] as const)('text on its ground has a contrast of 4.5 at least, %s', theme => {
  const colours = tokens(theme)
  const poor = PAIRS.map(([text, ground]) => ({ text, ground, contrast: Number(contrast(colours.get(text)!, colours.get(ground)!).toFixed(2)) }))
    .filter(pair => !(pair.contrast >= 4.5))
  expect(poor).toEqual([])
})

test.each(['light', 'dark'] as const)('what is drawn has a contrast of 3 at least, %s', theme => {
  const colours = tokens(theme)
  const poor = ['alive', 'grow', 'mark', 'playhead', 'focus', 'gc-1', 'gc-2'].filter(name => !(contrast(colours.get(name)!, colours.get('surface')!) >= 3))
  expect(poor).toEqual([])
})
