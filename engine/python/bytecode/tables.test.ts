import { describe, expect, it } from 'vitest'
import { decodeInstructions, jumpTarget } from './decode'
import { decodeExceptionTable, ExceptionTableWriter } from './exception-table'
import goldens from './goldens/tables.json'
import { decodePositions, PositionWriter } from './positions'

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'))
}

describe('the tables of code objects', () => {
  for (const golden of goldens) {
    it(`reads and writes the positions of ${golden.name}`, () => {
      const table = bytes(golden.linetable)
      const entries = decodePositions(table, golden.firstlineno)
      const perUnit = entries.flatMap(({ column, endColumn, endLine, line, units }) =>
        new Array<(number | null)[]>(units).fill([line, endLine, column, endColumn]))
      expect(perUnit).toEqual(golden.positions)
      const writer = new PositionWriter(golden.firstlineno)
      for (const { column, endColumn, endLine, line, units } of entries) {
        writer.add(units, line ?? -1, endLine ?? -1, column ?? -1, endColumn ?? -1)
      }
      expect(writer.take()).toEqual(table)
    })

    it(`reads and writes the exception table of ${golden.name}`, () => {
      const table = bytes(golden.exceptiontable)
      const entries = decodeExceptionTable(table)
      expect(entries.map(({ depth, end, lasti, start, target }) => [start * 2, end * 2, target * 2, depth, lasti]))
        .toEqual(golden.handlers)
      const writer = new ExceptionTableWriter()
      for (const { depth, end, lasti, start, target } of entries) writer.add(start, end, target, depth, lasti)
      expect(writer.take()).toEqual(table)
    })

    it(`reads the instructions of ${golden.name}`, () => {
      const instructions = decodeInstructions(bytes(golden.code))
      expect(instructions.map(({ arg, offset, opcode }) => [offset, opcode, arg])).toEqual(golden.instructions)
      const labels = new Set(instructions.map(jumpTarget).filter(target => target !== null))
      expect([...labels].sort((a, b) => a - b)).toEqual(golden.labels)
    })
  }
})

describe('entries of sizes that code seldom has', () => {
  it('splits a position over more than eight code units', () => {
    const writer = new PositionWriter(1)
    writer.add(19, 5000, 5001, 300, 2)
    const entries = decodePositions(writer.take(), 1)
    expect(entries.map(({ units }) => units)).toEqual([8, 8, 3])
    expect(entries.every(({ line, endLine, column, endColumn }) =>
      line === 5000 && endLine === 5001 && column === 300 && endColumn === 2)).toBe(true)
  })

  it('writes exception table items of one to five bytes', () => {
    const writer = new ExceptionTableWriter()
    const entry = { start: 63, end: 63 + 64, target: 1 << 18, depth: (1 << 24) - 1, lasti: true }
    writer.add(entry.start, entry.end, entry.target, entry.depth, entry.lasti)
    const table = writer.take()
    expect(table.length).toBe(1 + 2 + 4 + 5)
    expect(table[0]).toBe(0x80 | 63)
    expect(decodeExceptionTable(table)).toEqual([entry])
  })
})
