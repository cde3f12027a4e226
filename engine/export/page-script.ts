// The beginning of the scripts inside pages, as text: the page's data, and how names and figures are written. Names come from the
// program that was profiled.

export const PAGE_SCRIPT = String.raw`'use strict'
const data = JSON.parse(document.getElementById('data').textContent)

/** What would turn the direction of text or break its line is shown as its number. */
const printable = text => text.replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
  c => (c < '\u0100' ? '\\x' + c.charCodeAt(0).toString(16).padStart(2, '0') : '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0')))

function amount(value) {
  if (data.unit === 'byte-ticks') {
    let unit = 0
    while (value >= 1000 && unit < 6) { value /= 1000; unit++ }
    return (value < 100 && unit > 0 ? value.toFixed(1) : value.toFixed(0)) + ' ' + ['', 'k', 'M', 'G', 'T', 'P', 'E'][unit] + 'B·tick'
  }
  for (const unit of ['B', 'KiB', 'MiB', 'GiB']) {
    if (Math.abs(value) < 100 && unit !== 'B') return value.toFixed(1) + ' ' + unit
    if (Math.abs(value) < 10240) return value.toFixed(0) + ' ' + unit
    value /= 1024
  }
  return value.toFixed(0) + ' TiB'
}
const signed = value => (value > 0 ? '+' : value < 0 ? '-' : '') + amount(Math.abs(value))
`
