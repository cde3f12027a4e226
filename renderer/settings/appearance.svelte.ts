// Light or dark: as the system, unless the person chose. `data-theme` on the root element is the one switch;
// canvases read their colours anew when `resolved` changes.
export type ThemeChoice = 'system' | 'light' | 'dark'

export class Appearance {
  choice = $state<ThemeChoice>('system')
  private systemDark = $state(false)
  readonly resolved: 'light' | 'dark' = $derived(this.choice === 'system' ? (this.systemDark ? 'dark' : 'light') : this.choice)

  constructor() {
    const query = window.matchMedia('(prefers-color-scheme: dark)')
    this.systemDark = query.matches
    query.addEventListener('change', event => { this.systemDark = event.matches })
  }
}
