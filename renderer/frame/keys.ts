// Keys as words: 'Mod+Shift+P' is Ctrl on most machines and Command on a Mac.
interface KeyEventLike { key: string; code: string; ctrlKey: boolean; metaKey: boolean; shiftKey: boolean; altKey: boolean }

export function matchesKeys(event: KeyEventLike, keys: string, mac: boolean): boolean {
  const parts = keys.split('+')
  const key = parts.at(-1) === '' ? '+' : parts.at(-1)!
  const wants = (name: string) => parts.slice(0, -1).includes(name)
  const mod = mac ? event.metaKey : event.ctrlKey
  const other = mac ? event.ctrlKey : event.metaKey
  if (mod !== wants('Mod') || other !== wants('Ctrl') || event.altKey !== wants('Alt')) return false
  // '?' needs Shift on many keyboards; a sign is matched as the sign it gives.
  const sign = /^[^a-z0-9]$/i.test(key)
  if (!sign && event.shiftKey !== wants('Shift')) return false
  return event.key.toLowerCase() === key.toLowerCase() || (/^\d$/.test(key) && event.code === `Digit${key}`)
}

const MAC_NAMES: Record<string, string> = { Mod: '⌘', Shift: '⇧', Alt: '⌥', Ctrl: '⌃', Enter: '↩', ArrowLeft: '←', ArrowRight: '→', Escape: 'Esc' }
const NAMES: Record<string, string> = { Mod: 'Ctrl', Enter: 'Enter', ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', Escape: 'Esc' }

/** The pieces to show as key caps. */
export const keyCaps = (keys: string, mac: boolean): string[] =>
  keys.split('+').map(part => (mac ? MAC_NAMES[part] : NAMES[part]) ?? (part.length === 1 ? part.toUpperCase() : part))

export const isMac = (): boolean => /mac/i.test(navigator.userAgent)
