// Text inside a page of HTML.
import { encodable } from './text'

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text between tags or in quotes; characters that control the machine or the direction of writing are shown as their numbers. */
export const markup = (text: string): string => encodable(text)
  .replace(/\p{Cc}|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, c => {
    const code = c.charCodeAt(0)
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
  })
  .replace(/[&<>"']/g, c => ENTITIES[c]!)
