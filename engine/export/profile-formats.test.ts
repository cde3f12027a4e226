// Each format is read back by a reader of its own kind and held against the profile it was made from.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { collapsed } from './collapsed'
import { pprof } from './pprof'
import { depthFirst, framesOf, LEFT_OUT, totalOf, type MemoryProfile } from './profile'
import { speedscope } from './speedscope'
import { figuresCsv, figuresJson, typesCsv } from './tables'
import { deepProfile, framesOfSite, HARD_NAMES, random, randomProfile } from './testing/profiles'
import { readCsv } from './testing/csv'
import { readProfile } from './testing/protobuf'
import { encodable, oneLine } from './text'

const text = (parts: Iterable<string>) => [...parts].join('')
const profiles = Array.from({ length: 6 }, (_, i) => randomProfile(i + 1, [1, 2, 7, 300, 2000, 50][i]!, ['live', 'allocated', 'survived']))
const sitesOf = (profile: MemoryProfile) => Array.from({ length: profile.sites.count }, (_, site) => site)

/** Sum of a measure per traceback, by the names that `key` gives frames. */
function sums(profile: MemoryProfile, column: Float64Array, key: (frame: { name: string; path: string; line: number }) => string, unknown: string): Map<string, number> {
  const found = new Map<string, number>()
  for (const site of sitesOf(profile)) {
    if (column[site] === 0) continue
    const stack = framesOfSite(profile, site).map(key).join('\u0001') || unknown
    found.set(stack, (found.get(stack) ?? 0) + column[site]!)
  }
  return found
}
const added = (entries: Iterable<[string, number]>) => {
  const found = new Map<string, number>()
  for (const [key, value] of entries) found.set(key, (found.get(key) ?? 0) + value)
  return found
}

test('depth-first order has every site once, after its caller and together with what it calls', () => {
  for (const profile of profiles) {
    const { sites } = profile
    const order = depthFirst(sites)
    const naive: number[] = []
    const visit = (site: number) => {
      naive.push(site)
      for (let child = 1; child < sites.count; child++) if (sites.parent[child] === site) visit(child)
    }
    visit(0)
    expect([...order]).toEqual(naive)
  }
})

/** What https://www.speedscope.app/file-format-schema.json demands of a file with sampled profiles. */
function checkSpeedscope(file: any): void { // eslint-disable-line -- the file is what is being looked at
  expect(file.$schema).toBe('https://www.speedscope.app/file-format-schema.json')
  expect(Object.keys(file).filter(key => !['$schema', 'shared', 'profiles', 'name', 'activeProfileIndex', 'exporter'].includes(key))).toEqual([])
  expect([typeof file.name, typeof file.exporter, file.activeProfileIndex]).toEqual(['string', 'string', 0])
  expect(Object.keys(file.shared)).toEqual(['frames'])
  const types = { name: 'string', file: 'string', line: 'number' }
  expect(file.shared.frames.filter((frame: Record<string, unknown>) => typeof frame['name'] !== 'string' ||
    Object.entries(frame).some(([key, value]) => typeof value !== types[key as keyof typeof types]))).toEqual([])
  for (const profile of file.profiles) {
    expect(Object.keys(profile).sort()).toEqual(['endValue', 'name', 'samples', 'startValue', 'type', 'unit', 'weights'])
    expect(profile).toMatchObject({ type: 'sampled', startValue: 0, name: expect.any(String) })
    expect(['none', 'nanoseconds', 'microseconds', 'milliseconds', 'seconds', 'bytes']).toContain(profile.unit)
    expect(profile.samples.length).toBe(profile.weights.length)
    expect(profile.samples.flat().every((i: number) => Number.isInteger(i) && i >= 0 && i < file.shared.frames.length)).toBe(true)
    expect(profile.weights.reduce((n: number, x: number) => n + x, 0)).toBe(profile.endValue)
  }
}

test('speedscope: a file by its schema, with the weights of every traceback', () => {
  for (const profile of profiles) {
    for (const blocks of [false, true]) {
      const file = JSON.parse(text(speedscope(profile, { exporter: 'Molt', blocks })))
      checkSpeedscope(file)
      expect(file.name).toBe(profile.title)
      for (const [i, measure] of profile.measures.entries()) {
        const written = file.profiles[i]
        expect(written.unit).toBe(blocks ? 'none' : 'bytes')
        const column = blocks ? measure.count : measure.bytes
        const keyOf = (index: number) => {
          const { file: path, line, name } = file.shared.frames[index]
          return path === undefined ? name : `${path}:${line} ${name.includes(' (') ? name.slice(0, name.lastIndexOf(' (')) : ''}`
        }
        const read = added(written.samples.map((stack: number[], n: number) => [stack.map(keyOf).join('\u0001'), written.weights[n]]))
        expect(read).toEqual(sums(profile, column, f => `${f.path}:${f.line} ${f.name}`, '<unknown>'))
      }
    }
  }
})

test('collapsed stacks: one line a traceback, whatever the names', () => {
  for (const profile of profiles) {
    const bytes = profile.measures[0]!.bytes
    const lines = text(collapsed(profile)).split('\n')
    expect(lines.pop()).toBe('')
    const read = added(lines.map(line => {
      const [, stack, number] = /^(.*) (\d+)$/.exec(line)!
      expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
      expect(line.isWellFormed()).toBe(true)
      return [stack!.split(';').join('\u0001'), Number(number)]
    }))
    const written = (f: { path: string; name: string; line: number }) => oneLine(f.name === '' ? `${f.path}:${f.line}` : `${f.path}:${f.name}:${f.line}`).replaceAll(';', '\\x3b')
    expect(read).toEqual(sums(profile, bytes, written, '<unknown>:0'))
  }
})

test('names on one line can be told apart and read back', () => {
  const unescape = (line: string) => line.replace(/\\(\\|n|r|t|x..|u....)/g, (_, e: string) =>
    (e === '\\' ? '\\' : e === 'n' ? '\n' : e === 'r' ? '\r' : e === 't' ? '\t' : String.fromCharCode(parseInt(e.slice(1), 16))))
  const next = random(9)
  const made = Array.from({ length: 2000 }, () => Array.from({ length: 8 }, () => '\\nx8\n\r\t\u0000\u0085\ud800\udc80é;u'[Math.floor(next() * 14)]).join(''))
  for (const name of [...HARD_NAMES, ...made]) expect(unescape(oneLine(name))).toBe(name)
  expect(encodable('a\udc80b\ud83d\ude00')).toBe('a\\udc80b😀')
})

const pprofBytes = (profile: MemoryProfile) => Buffer.concat([...pprof(profile, profile.measures[0]!, profile.measures[1] ?? null, {
  defaultSampleType: 'inuse_space', scriptPath: '/app/m\udc80.py', startedMs: 1_700_000_000_123, wallNs: 5e9, comments: ['one', 'two'],
})])

test('pprof: what another decoder of protobuf finds', () => {
  for (const profile of profiles) {
    const read = readProfile(pprofBytes(profile))
    expect(read.strings[0]).toBe('')
    expect(new Set(read.strings).size).toBe(read.strings.length)
    expect(read.sampleTypes).toEqual([['alloc_objects', 'count'], ['alloc_space', 'bytes'], ['inuse_objects', 'count'], ['inuse_space', 'bytes']])
    expect(read).toMatchObject({ defaultSampleType: 'inuse_space', periodType: ['space', 'bytes'], period: 1, durationNanos: 5e9, comments: ['one', 'two'] })
    expect(Number(read.timeNanos! / 1000n)).toBe(1_700_000_000_123_000)
    expect([...read.mappings]).toEqual([[1, { file: '/app/m\\udc80.py', hasFunctions: 1, hasFilenames: 1, hasLines: 1 }]])
    for (const [id, location] of read.locations) {
      expect(id).toBeGreaterThan(0)
      expect(location.mapping).toBeDefined()
      expect(location.function).toBeDefined()
    }
    const [live, allocated] = profile.measures
    const columns = [allocated!.count, allocated!.bytes, live!.count, live!.bytes]
    for (const [i, column] of columns.entries()) {
      const found = added(read.samples.filter(s => s.values[i] !== 0).map(({ locations, values }) => [
        locations.map(id => {
          const { function: f, line } = read.locations.get(id)!
          return `${f!.file}:${line} ${f!.name} ${f!.startLine}`
        }).reverse().join('\u0001'), values[i]!]))
      const key = (f: { path: string; name: string; line: number }) => `${encodable(f.path)}:${f.line} ${encodable(f.name || f.path)} ${HARD_NAMES.indexOf(f.name) + 1}`
      expect(found).toEqual(sums(profile, column, key, '<unknown>:0 <unknown> 0'))
    }
  }
})

const go = spawnSync('go', ['version']).status === 0
test.skipIf(!go)('pprof: go tool pprof reads it and sums the same', () => {
  const folder = mkdtempSync(join(tmpdir(), 'molt-pprof-'))
  try {
    const profile = profiles[3]!
    writeFileSync(join(folder, 'p.pb.gz'), gzipSync(pprofBytes(profile)))
    const raw = execFileSync('go', ['tool', 'pprof', '-raw', join(folder, 'p.pb.gz')], { encoding: 'utf8', env: { ...process.env, HOME: folder } })
    expect(raw).toContain('alloc_objects/count alloc_space/bytes inuse_objects/count inuse_space/bytes[dflt]')
    const totals = [0, 0, 0, 0]
    for (const [, ...values] of raw.matchAll(/^ +(\d+) +(\d+) +(\d+) +(\d+): [\d ]+$/gm)) values.forEach((value, i) => { totals[i]! += Number(value) })
    const [live, allocated] = profile.measures
    expect(totals).toEqual([allocated!.count, allocated!.bytes, live!.count, live!.bytes].map(totalOf))
    // A name in angle brackets is no template of C++.
    const deep = deepProfile(3)
    writeFileSync(join(folder, 'm.pb.gz'), gzipSync(pprofBytes({ ...deep, codeAt: () => ({ name: '<module>', path: '/m.py', fileId: 0, firstLine: 1 }) })))
    expect(execFileSync('go', ['tool', 'pprof', '-top', join(folder, 'm.pb.gz')], { encoding: 'utf8', env: { ...process.env, HOME: folder } })).toMatch(/3B +100% +<module>/)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('CSV: strict RFC 4180; names come back, and none is a formula', () => {
  for (const profile of profiles) {
    const [head, ...rows] = readCsv(text(figuresCsv(profile, 'lineno')))
    expect(head).toEqual(['file', 'line', 'function', 'live_bytes', 'live_blocks', 'allocated_bytes', 'allocations', 'survived_bytes', 'survived_blocks'])
    for (const row of rows) for (const cell of row) expect(cell).not.toMatch(/^[=+\-@\t\r＝]/)
    const unguarded = (cell: string) => (cell.startsWith('\'') ? cell.slice(1) : cell)
    const naive = new Map<string, number[]>()
    for (const site of sitesOf(profile)) {
      const figures = profile.measures.flatMap(m => [m.bytes[site]!, m.count[site]!])
      if (figures.every(n => n === 0)) continue
      const { path, line } = framesOfSite(profile, site).at(-1) ?? { path: '<unknown>', line: 0 }
      const key = `${encodable(path)}:${line}`
      naive.set(key, figures.map((n, i) => n + (naive.get(key)?.[i] ?? 0)))
    }
    expect(new Map(rows.map(([file, line, , ...figures]) => [`${unguarded(file!)}:${line}`, figures.map(Number)]))).toEqual(naive)
    const order = rows.map(row => Number(row[3]))
    expect(order).toEqual(order.toSorted((a, b) => b - a))
    for (const by of ['function', 'filename', 'traceback'] as const) {
      const [names, ...grouped] = readCsv(text(figuresCsv(profile, by)))
      const column = names!.indexOf('live_bytes')
      expect(grouped.reduce((n, row) => n + Number(row[column]), 0)).toBe(totalOf(profile.measures[0]!.bytes))
    }
  }
  const types = readCsv(text(typesCsv(HARD_NAMES.map((name, i) => ({ module: 'm', name, objects: i, bytes: i * 16 })))))
  expect(types.slice(1).map(([, name]) => (name!.startsWith('\'') ? name!.slice(1) : name))).toEqual(HARD_NAMES.map(encodable))
})

test('JSON: rows and totals, names exactly as they are', () => {
  for (const profile of profiles) {
    for (const group of ['lineno', 'function', 'filename', 'traceback'] as const) {
      const file = JSON.parse(text(figuresJson(profile, { recording: { scriptName: profile.title }, instants: { atTick: 5 }, group, types: [{ module: '', name: HARD_NAMES[12]!, objects: 1, bytes: 2 }] })))
      expect(file).toMatchObject({ format: 'molt-statistics', version: 1, group, recording: { scriptName: profile.title }, types: [{ name: HARD_NAMES[12] }] })
      const sum = (name: string) => file.rows.reduce((n: number, row: Record<string, number>) => n + row[name]!, 0)
      for (const name of ['liveBytes', 'liveBlocks', 'allocatedBytes', 'allocations', 'survivedBytes', 'survivedBlocks']) expect(sum(name)).toBe(file.totals[name])
      expect(file.totals.liveBytes).toBe(totalOf(profile.measures[0]!.bytes))
      if (group !== 'traceback') continue
      const key = (row: { traceback: { file: string; line: number; function: string }[] }) => row.traceback.map(f => `${f.file}:${f.line} ${f.function}`).reverse().join('\u0001')
      expect(added(file.rows.map((row: never) => [key(row), (row as { liveBytes: number }).liveBytes]).filter(([, n]: [string, number]) => n > 0)))
        .toEqual(sums(profile, profile.measures[0]!.bytes, f => `${f.path}:${f.line} ${f.name}`, ''))
    }
  }
})

test('a recursion of a hundred thousand calls is written, its middle left out', () => {
  const profile = deepProfile(100_000)
  const figures = profile.measures[0]!.bytes.map((n, site) => (site > 99_990 ? n : 0))
  const only = { ...profile, measures: [{ ...profile.measures[0]!, bytes: figures, count: figures }] }
  const frames = framesOf(profile.sites, 100_000)
  expect([frames.length, frames.indexOf(LEFT_OUT), frames[0], frames.at(-1)]).toEqual([1024, 256, 100_000, 1])
  checkSpeedscope(JSON.parse(text(speedscope(only, { exporter: 'Molt' }))))
  const lines = text(collapsed(only)).trim().split('\n')
  expect(lines.length).toBe(10)
  expect(lines[9]).toMatch(/^\/f\.py:f:1;.*:767;\.\.\.;\/f\.py:f:99745;.*:100000 1$/)
  const { rows } = JSON.parse(text(figuresJson(only, { recording: {}, instants: {}, group: 'traceback', types: [] })))
  expect([rows.length, rows[0].traceback.length, rows[0].traceback[256].function]).toEqual([10, 1024, '(frames left out)'])
  const { samples, locations } = readProfile(pprofBytes(only))
  expect(samples.length).toBe(10)
  expect(locations.get(samples[0]!.locations[256]!)!.function!.name).toBe('(frames left out)')
})
