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

/** `hash` gives the SHA-256 of a text in base64. */
export function* htmlPage(page: HtmlPage, hash: (text: string) => string): Generator<string> {
  const policy = `default-src 'none'; script-src 'sha256-${hash(page.script)}'; style-src 'sha256-${hash(page.style)}'; base-uri 'none'; form-action 'none'`
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<title>${markup(page.title)}</title>
<style>${page.style}</style>
</head>
<body>
${page.body}
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
