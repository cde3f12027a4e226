// strftime in the C locale, over the fields of struct_time.

export const DAYS: readonly string[] = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
export const MONTHS: readonly string[] = [
  'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December',
]

/** Day of the year from 1; `month` from 0. */
export function yearDay(year: number, month: number, day: number): number {
  const date = Date.UTC(2000, month, day)
  const start = Date.UTC(2000, 0, 1)
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return (date - start) / 86400000 + 1 - (leap || month < 2 ? 0 : 1)
}

type Fields = readonly number[]

const pad = (n: number, width: number, fill = '0'): string => String(n).padStart(width, fill)

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)

/** ISO year and week. */
function isoWeek(year: number, yday: number, wday: number): [year: number, week: number] {
  const week = Math.floor((yday - 1 - wday + 10) / 7)
  if (week < 1) {
    const before = year - 1
    return [before, isoWeek(before, (isLeap(before) ? 366 : 365) + yday, wday)[1]]
  }
  if (week === 53) {
    const days = isLeap(year) ? 366 : 365
    // The week belongs to the year its Thursday lies in.
    if (yday - wday + 3 > days) return [year + 1, 1]
  }
  return [year, week]
}

function directive(c: string, f: Fields): string | null {
  const [year, mon, mday, hour, min, sec, wday, yday] = f as [number, number, number, number, number, number, number, number]
  const hour12 = hour % 12 === 0 ? 12 : hour % 12
  switch (c) {
    case 'a': return DAYS[wday]!.slice(0, 3)
    case 'A': return DAYS[wday]!
    case 'b': case 'h': return MONTHS[mon - 1]!.slice(0, 3)
    case 'B': return MONTHS[mon - 1]!
    case 'c': return `${directive('a', f)} ${directive('b', f)} ${pad(mday, 2, ' ')} ${directive('T', f)} ${year}`
    case 'C': return String(Math.floor(year / 100))
    case 'd': return pad(mday, 2)
    case 'D': case 'x': return `${pad(mon, 2)}/${pad(mday, 2)}/${pad(((year % 100) + 100) % 100, 2)}`
    case 'e': return pad(mday, 2, ' ')
    case 'F': return `${year}-${pad(mon, 2)}-${pad(mday, 2)}`
    case 'g': return pad(isoWeek(year, yday, wday)[0] % 100, 2)
    case 'G': return String(isoWeek(year, yday, wday)[0])
    case 'H': return pad(hour, 2)
    case 'I': return pad(hour12, 2)
    case 'j': return pad(yday, 3)
    case 'k': return pad(hour, 2, ' ')
    case 'l': return pad(hour12, 2, ' ')
    case 'm': return pad(mon, 2)
    case 'M': return pad(min, 2)
    case 'n': return '\n'
    case 'p': return hour < 12 ? 'AM' : 'PM'
    case 'P': return hour < 12 ? 'am' : 'pm'
    case 'r': return `${pad(hour12, 2)}:${pad(min, 2)}:${pad(sec, 2)} ${directive('p', f)}`
    case 'R': return `${pad(hour, 2)}:${pad(min, 2)}`
    case 's': return String(Date.UTC(year, mon - 1, mday, hour, min, sec) / 1000)
    case 'S': return pad(sec, 2)
    case 't': return '\t'
    case 'T': case 'X': return `${pad(hour, 2)}:${pad(min, 2)}:${pad(sec, 2)}`
    case 'u': return String(wday + 1)
    case 'U': return pad(Math.floor((yday + 6 - (wday + 1) % 7) / 7), 2)
    case 'V': return pad(isoWeek(year, yday, wday)[1], 2)
    case 'w': return String((wday + 1) % 7)
    case 'W': return pad(Math.floor((yday + 6 - wday) / 7), 2)
    case 'y': return pad(((year % 100) + 100) % 100, 2)
    case 'Y': return String(year)
    case 'z': return '+0000'
    case 'Z': return 'UTC'
    case '%': return '%'
    default: return null
  }
}

/** glibc's strftime: flags _ - 0 ^ # and widths, and the modifiers E and O, which mean nothing here. */
export function formatTime(format: string, fields: Fields): string {
  return format.replace(/%([_\-0^#]*)(\d*)[EO]?(.)/gsu, (all, flags: string, width: string, c: string) => {
    let text = directive(c, fields)
    if (text === null) return all
    if (flags.includes('-')) text = text.replace(/^[0 ]+(?=\d)/, '')
    else if (flags.includes('_')) text = text.replace(/^0+(?=\d)/, zeros => ' '.repeat(zeros.length))
    if (flags.includes('^')) text = text.toUpperCase()
    if (flags.includes('#')) text = c === 'p' ? text.toLowerCase() : text.toUpperCase()
    const fill = flags.includes('_') || (/[a-zA-Z]/.test(text) && !flags.includes('0')) ? ' ' : '0'
    return width === '' ? text : text.padStart(Number(width), fill)
  })
}
