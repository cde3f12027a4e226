// The exception table of a code object (`co_exceptiontable`), format of Objects/exception_handling_notes.txt:
// for each range of instructions four varints (start, size, target, depth << 1 | lasti), in code units.
// Varints are big-endian, six bits a byte, 0x40 = more follow; 0x80 marks the first byte of an entry so that
// the table can be searched by bisection.
import { ByteWriter } from './positions'

export interface ExceptionEntry {
  /** First code unit covered, the one after the last, and the handler's. */
  start: number
  end: number
  target: number
  /** Stack depth to unwind to. */
  depth: number
  /** Push the offset of the raising instruction below the exception. */
  lasti: boolean
}

// Mirrors assemble_emit_exception_table_item, Python/compile.c.
function writeItem(out: ByteWriter, value: number, mark: number): void {
  for (let shift = 24; shift > 0; shift -= 6) {
    if (value >= 1 << shift) {
      out.byte(value >> shift & 0x3f | 0x40 | mark)
      mark = 0
    }
  }
  out.byte(value & 0x3f | mark)
}

export class ExceptionTableWriter {
  private readonly out = new ByteWriter(16)

  add(start: number, end: number, target: number, depth: number, lasti: boolean): void {
    writeItem(this.out, start, 0x80)
    writeItem(this.out, end - start, 0)
    writeItem(this.out, target, 0)
    writeItem(this.out, depth << 1 | (lasti ? 1 : 0), 0)
  }

  take(): Uint8Array {
    return this.out.take()
  }
}

export function decodeExceptionTable(table: Uint8Array): ExceptionEntry[] {
  const entries: ExceptionEntry[] = []
  let at = 0
  const item = (): number => {
    let byte = table[at++]!
    let value = byte & 0x3f
    while (byte & 0x40) {
      byte = table[at++]!
      value = value << 6 | byte & 0x3f
    }
    return value
  }
  while (at < table.length) {
    const start = item()
    const size = item()
    const target = item()
    const depthLasti = item()
    entries.push({ start, end: start + size, target, depth: depthLasti >> 1, lasti: (depthLasti & 1) === 1 })
  }
  return entries
}
