// Run once by the build: compiles the standard library and puts archive and code beside the entries.
//
//   stdlib.bin   u32 length of the index, the index (JSON: path -> [offset, bytes, length of the source]), marshal data
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { unzipSync } from 'fflate'
import { compile } from '../python/compiler/compile'
import { dumpConstant } from '../python/lib/marshal-format'
import { FROZEN_MODULES, frozenPath } from '../python/modules/frozen-modules'
import { STDLIB } from '../python/modules/library-paths'
import { parse } from '../python/syntax/parser'

/** File of the library: its name as a frozen module, where it is one. */
const frozen = new Map(Object.entries(FROZEN_MODULES).map(([name, { file }]) => [file, frozenPath(name)]))

function build(archivePath: string, folder: string): void {
  const archive = readFileSync(archivePath)
  const index: Record<string, [number, number, number]> = {}
  const parts: Uint8Array[] = []
  let offset = 0
  for (const [name, source] of Object.entries(unzipSync(archive))) {
    if (!name.endsWith('.py')) continue
    for (const path of [`${STDLIB}/${name}`, frozen.get(name)]) {
      if (path === undefined) continue
      try {
        const bytes = dumpConstant(compile(parse(source, path, 'exec'), path, 'exec', 0, 0))
        index[path] = [offset, bytes.length, source.length]
        parts.push(bytes)
        offset += bytes.length
      } catch (error) {
        // A file that is no valid program (a template) is compiled, and refused, when it is imported.
        if (!(error instanceof Error) || error.name !== 'SyntaxError') throw error
      }
    }
  }
  const header = new TextEncoder().encode(JSON.stringify(index))
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, header.length, true)
  writeFileSync(join(folder, 'stdlib.bin'), Buffer.concat([length, header, ...parts]))
  writeFileSync(join(folder, 'python_stdlib.zip'), archive)
}

build(process.argv[2]!, process.argv[3]!)
