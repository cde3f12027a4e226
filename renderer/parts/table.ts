/** A column of a VirtualTable. Widths are CSS grid tracks: '110px', 'minmax(200px, 1fr)'. */
export interface Column {
  id: string
  title: string
  width: string
  align?: 'left' | 'right'
  /** Shown on hover over the title. */
  hint?: string
  sortable?: boolean
}
