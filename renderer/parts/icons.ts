// Icons, drawn on a 16 × 16 grid with one stroke width. Values are path data.
export const ICONS = {
  library: 'M2.5 3.5h3v9h-3zM6.5 3.5h3v9h-3zM10.4 4.2l2.7-.8 2.1 8.4-2.7.8z',
  run: 'M4.5 3.2v9.6l8-4.8z',
  stop: 'M4 4h8v8H4z',
  examples: 'M3 2.5h10v3H3zM3 7h4.5v6.5H3zM9 7h4v2.5H9zM9 11h4v2.5H9z',
  statistics: 'M2.5 3.5h11M2.5 6.5h8M2.5 9.5h5M2.5 12.5h3',
  source: 'M5.5 4.5L2 8l3.5 3.5M10.5 4.5L14 8l-3.5 3.5M9.2 3l-2.4 10',
  settings: 'M2.5 4.5h6M12.5 4.5h1M2.5 11.5h1M7.5 11.5h6M10.5 2.9a1.6 1.6 0 1 0 .001 0M5.5 9.9a1.6 1.6 0 1 0 .001 0',
  keys: 'M1.8 4.5h12.4v7.5H1.8zM4 7h.01M6.5 7h.01M9.5 7h.01M12 7h.01M5 9.6h6',
  back: 'M9.8 3.2L5 8l4.8 4.8',
  forward: 'M6.2 3.2L11 8l-4.8 4.8',
  up: 'M8 13V3.5M3.8 7.5L8 3.2l4.2 4.3',
  close: 'M4 4l8 8M12 4l-8 8',
  open: 'M2 12.8V3.5h4.2l1.4 1.8H14v7.5z',
  plus: 'M8 3v10M3 8h10',
  trash: 'M3 4.5h10M6 4.5V3h4v1.5M4.3 4.5l.6 8.7h6.2l.6-8.7M6.7 7v4M9.3 7v4',
  note: 'M3 13h2.4l7.3-7.3-2.4-2.4L3 10.6zM9 4.6L11.4 7',
  script: 'M3.8 1.8h5.7l3 3v9.4H3.800zM9.2 2v3.1h3.1M6 8h4M6 10.7h4',
  recording: 'M1.8 9.5l2.6-3.8 2.6 4.3 3-6.5 2.2 4.5 2-1.500M1.8 13.300h12.4',
  search: 'M7 2.800a4.2 4.2 0 1 0 .001 0M10.1 10.100l3.6 3.6',
  copy: 'M5.5 5.500h7.700v8H5.500zM10.5 5.500v-3H2.800v8h2.7',
  clear: 'M8 2.200a5.8 5.8 0 1 0 .001 0M4 12L12 4',
  down: 'M3.5 6l4.5 4.500L12.5 6',
  right: 'M6 3.500L10.5 8 6 12.5',
  sortUp: 'M8 12V4M4.8 7.200L8 4l3.2 3.2',
  sortDown: 'M8 4v8M4.8 8.800L8 12l3.2-3.2',
  system: 'M2 3h12v8H2zM6 13.500h4M8 11v2.5',
  light: 'M8 5.200a2.8 2.8 0 1 0 .001 0M8 1.300v1.500M8 13.200v1.500M1.3 8h1.500M13.2 8h1.500M3.3 3.300l1 1M11.7 11.700l1 1M12.7 3.300l-1 1M4.3 11.700l-1 1',
  dark: 'M13.2 9.600A5.7 5.7 0 1 1 6.4 2.800a4.6 4.6 0 0 0 6.8 6.800z',
  warning: 'M8 2.200l6.3 11.300H1.700zM8 6.500v3.200M8 11.600h.01',
  done: 'M3 8.500l3.3 3.300L13 4.8',
  console: 'M2 3h12v10H2zM4.5 6l2.2 2-2.2 2M8.5 10.300h3',
  follow: 'M2.5 3.500L7.5 8l-5 4.500zM8.5 3.500l5 4.5-5 4.500z',
  save: 'M2.5 2.500h8.700l2.3 2.300v8.700h-11zM5 2.700v3.600h5V2.700M5 13.300V9.200h6v4.1',
  folder: 'M2 12.800V3.500h4.200l1.4 1.800H14v7.500z',
  filter: 'M2.2 3h11.600L9.4 8.300v4.900l-2.8-1.500V8.300z'
} as const

export type IconName = keyof typeof ICONS
/** Filled rather than drawn in outline. */
export const SOLID: ReadonlySet<IconName> = new Set(['run', 'stop'])
