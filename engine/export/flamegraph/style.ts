// The look of a flame graph's page.

export const STYLE = `
:root { color-scheme: light dark; --back: #fff; --text: #16181d; --quiet: #5b6270; --line: #d9dce1; --raised: #f5f6f8; --own: hsl(32 78% 66%); --library: hsl(210 28% 72%) }
@media (prefers-color-scheme: dark) {
  :root { --back: #16181d; --text: #f3f4f6; --quiet: #a3aab8; --line: #343943; --raised: #22262e; --own: hsl(32 78% 40%); --library: hsl(210 28% 42%) }
}
* { box-sizing: border-box }
html, body { height: 100%; margin: 0 }
body { display: flex; flex-direction: column; background: var(--back); color: var(--text); font: 14px/1.4 ui-sans-serif, system-ui, sans-serif }
header { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 16px; padding: 10px 14px; border-bottom: 1px solid var(--line) }
h1 { font-size: 15px; margin: 0; overflow-wrap: anywhere }
header p { margin: 0; color: var(--quiet) }
.tools { display: flex; align-items: center; gap: 8px; margin-left: auto }
input, button { font: inherit; color: inherit; background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: 4px 10px }
input { width: 16em }
button:disabled { opacity: .5 }
:focus-visible { outline: 2px solid #3b82f6; outline-offset: 1px }
.key { display: inline-flex; align-items: center; gap: 5px; color: var(--quiet); font-size: 12px }
.key::before { content: ''; width: 11px; height: 11px; border-radius: 2px; background: var(--own) }
.key.library::before { background: var(--library) }
.key.more::before { background: hsl(6 80% 62%) }
.key.less::before { background: hsl(214 80% 62%) }
#found { color: var(--quiet); font-size: 12px; min-width: 9em }
#view { flex: 1; min-height: 0; overflow-x: hidden; overflow-y: auto; position: relative; scrollbar-gutter: stable }
#graph { position: sticky; top: 0; display: block }
#status { padding: 6px 14px; border-top: 1px solid var(--line); color: var(--quiet); font-size: 12px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; min-height: 30px }
#tip { position: fixed; z-index: 2; pointer-events: none; max-width: min(560px, 90vw); padding: 7px 10px; border: 1px solid var(--line); border-radius: 6px; background: var(--raised); font-size: 12px; overflow-wrap: anywhere; box-shadow: 0 4px 16px rgb(0 0 0 / .2) }
#tip .name { font-weight: 600 }
`
