// Which rows of a long list are to be drawn. Chromium clips elements above about 33 million pixels, so past
// MAX_HEIGHT the scroll bar stands for more than it measures: `offset` is the true place in the list.
export const MAX_HEIGHT = 15_000_000

export interface RowsInView { first: number; count: number; offset: number; scrollHeight: number; shift: number }

export function rowsInView(total: number, rowHeight: number, viewHeight: number, scrollTop: number): RowsInView {
  const full = total * rowHeight, scrollHeight = Math.min(full, MAX_HEIGHT)
  const room = Math.max(0, full - viewHeight), scrollRoom = Math.max(1, scrollHeight - viewHeight)
  const offset = full === scrollHeight ? Math.min(scrollTop, room) : Math.min(1, scrollTop / scrollRoom) * room
  const count = Math.min(total, Math.ceil(viewHeight / rowHeight) + 2)
  const first = Math.max(0, Math.min(total - count, Math.floor(offset / rowHeight)))
  return { first, count, offset, scrollHeight, shift: scrollTop - (offset - first * rowHeight) }
}

/** The scroll position that brings a row into sight with the least movement; null if it is. */
export function scrollToRow(row: number, total: number, rowHeight: number, viewHeight: number, scrollTop: number): number | null {
  const { offset } = rowsInView(total, rowHeight, viewHeight, scrollTop)
  const top = row * rowHeight, bottom = top + rowHeight
  const wanted = top < offset ? top : bottom > offset + viewHeight ? bottom - viewHeight : null
  if (wanted === null) return null
  const full = total * rowHeight
  return full <= MAX_HEIGHT ? wanted : (wanted / Math.max(1, full - viewHeight)) * (MAX_HEIGHT - viewHeight)
}
