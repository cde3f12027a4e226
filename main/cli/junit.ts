// JUnit's XML, as the servers of continuous integration read it: one suite, a case for each budget.

export interface Case {
  name: string
  /** A budget that is exceeded fails; one whose figure cannot be had is an error. */
  outcome: 'passed' | 'failure' | 'error'
  message: string
  details: string
}

export function junit(suite: string, cases: Case[]): string {
  const count = (outcome: Case['outcome']) => cases.filter(c => c.outcome === outcome).length
  const totals = `tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="0" time="0"`
  const body = cases.map(({ name, outcome, message, details }) => {
    const head = `    <testcase classname="${escaped(suite)}" name="${escaped(name)}" time="0"`
    if (outcome === 'passed') return `${head}/>\n`
    return `${head}>\n      <${outcome} type="${outcome === 'failure' ? 'exceeded' : 'unknown'}" message="${escaped(message)}">${escaped(details)}</${outcome}>\n    </testcase>\n`
  }).join('')
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="molt check" ${totals}>\n  <testsuite name="${escaped(suite)}" ${totals}>\n${body}  </testsuite>\n</testsuites>\n`
}

const NAMED: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }

/** Characters that XML 1.0 does not have, escaped or not, are written as Python writes them. */
export function escaped(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      c => (c < '\u0100' ? `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}` : `\\u${c.charCodeAt(0).toString(16)}`))
    .replace(/[&<>"']/g, c => NAMED[c]!)
    .replace(/\r/g, '&#13;')
}
