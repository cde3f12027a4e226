// A page of HTML that needs no network: its policy lets nothing run but the one script and the one style that are in it.
import { markup } from './markup'

export interface HtmlPage {
  title: string
  style: string
  /** Markup of the body, and behind it JSON for the script. */
  body: string
  data: Iterable<string>
  script: string
}

/** Up to the beginning of the body. `hash` gives the SHA-256 of a text in base64; without a script none may run. */
export function pageHead(title: string, style: string, hash: (text: string) => string, script?: string): string {
  const scripts = script === undefined ? '' : `script-src 'sha256-${hash(script)}'; `
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; ${scripts}style-src 'sha256-${hash(style)}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width">
<title>${markup(title)}</title>
<style>${style}</style>
</head>
<body>
`
}

export function* htmlPage(page: HtmlPage, hash: (text: string) => string): Generator<string> {
  yield pageHead(page.title, page.style, hash, page.script)
  yield `${page.body}
<script type="application/json" id="data">`
  yield* page.data
  yield `</script>
<script>${page.script}</script>
</body>
</html>
`
}

/** JSON without any <, so that no name in it can end the element that it lies in. */
export const embeddable = (value: unknown): string =>
  JSON.stringify(value).replace(/[<\u2028\u2029]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
