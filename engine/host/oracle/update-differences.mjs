// Prints known-differences.json as it would have to be now: node engine/host/oracle/update-differences.mjs [--write] [NAME…]
//
// Reasons that are known stay; new differences get "_" where their group has a reason, otherwise "" (which the test refuses
// until someone says why). What differs and how goes to stderr.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runnerImport } from 'vite'

const here = import.meta.dirname
const load = async name => (await runnerImport(join(here, name), { configFile: false, logLevel: 'error' })).module
const { brief, knownDifferences, runCorpus, scripts } = await load('corpus.ts')
const { groupOf, isRequired } = await load('compare.ts')

const write = process.argv.includes('--write')
const parts = process.argv.slice(2).filter(argument => argument !== '--write')
const names = parts.length === 0 ? scripts : scripts.filter(name => parts.some(part => name.includes(part)))
const known = knownDifferences()
const groups = known._groups ?? {}
const list = { _groups: {} }
const { outcomes, folder } = await runCorpus(names)
let agreeing = 0
let seconds = 0
const counts = new Map()
for (const script of scripts) {
  const outcome = await outcomes.get(script)
  if (outcome === undefined) {
    if (known[script]) list[script] = known[script]
    continue
  }
  seconds += outcome.seconds
  if (outcome.differences.length === 0) agreeing++
  for (const difference of outcome.differences) {
    const { figure } = difference
    const group = groupOf(figure)
    const required = isRequired(figure, outcome.scriptClass)
    counts.set(group, (counts.get(group) ?? 0) + 1)
    process.stderr.write(`${required ? '!' : ' '} ${script} (${outcome.scriptClass}) ${brief(difference)}\n`)
    const reason = known[script]?.[figure] ?? (groups[group] && !required ? '_' : '')
    ;(list[script] ??= {})[figure] = reason
  }
}
rmSync(folder, { recursive: true })
const used = new Set(Object.entries(list).flatMap(([, figures]) => Object.entries(figures).filter(([, r]) => r === '_').map(([f]) => groupOf(f))))
for (const group of Object.keys(groups)) if (used.has(group)) list._groups[group] = groups[group]
const text = `${JSON.stringify(list, null, 1)}\n`
if (write) writeFileSync(join(here, 'known-differences.json'), text)
else process.stdout.write(text)
const byGroup = [...counts].sort((a, b) => b[1] - a[1]).map(([group, n]) => `${group} ${n}`).join(', ')
process.stderr.write(`${agreeing} of ${names.length} scripts agree in every figure (${seconds.toFixed(0)} s of running). Differing figures: ${byGroup || 'none'}\n`)
