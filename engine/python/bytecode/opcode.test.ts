import { describe, expect, it } from 'vitest'
import goldens from './goldens/opcodes.json'
import { argumentKind, cacheEntries, CMP_OP, HAVE_ARGUMENT, isJump, NB_OPS, op, OPCODES, opname, stackEffect } from './opcode'

describe('the opcode table', () => {
  it('has the opcodes of CPython 3.11 and no others', () => {
    expect(OPCODES.map(([number, name]) => ({ number, name })))
      .toEqual(goldens.opcodes.map(({ name, number }) => ({ number, name })))
    expect([...NB_OPS]).toEqual(goldens.nb_ops)
    expect([...CMP_OP]).toEqual(goldens.cmp_op)
  })

  for (const { caches, effects, hasArg, kinds, name, number } of goldens.opcodes) {
    it(`agrees with CPython on ${name}`, () => {
      expect(opname(number)).toBe(name)
      expect((op as Record<string, number>)[name]).toBe(number)
      expect(cacheEntries(number)).toBe(caches)
      expect(number >= HAVE_ARGUMENT).toBe(hasArg)
      expect(isJump(number)).toBe((kinds as string[]).includes('jrel'))
      const kind = argumentKind(number)
      const [expected = hasArg ? 'raw' : 'none'] = kinds as string[]
      expect(kind === 'backward' || kind === 'jump' ? 'jrel' : kind).toBe(expected)
      for (const [arg, jump, effect] of effects as [number | null, boolean, number][]) {
        // `+ 0` makes 0 of -0.
        expect(stackEffect(number, arg ?? 0, jump) + 0, `${name} ${arg} ${jump}`).toBe(effect)
      }
    })
  }

  it('has the stack effects of the pseudo opcodes', () => {
    expect(stackEffect(op.SETUP_FINALLY, 0, true)).toBe(1)
    expect(stackEffect(op.SETUP_CLEANUP, 0, true)).toBe(2)
    expect(stackEffect(op.SETUP_WITH, 0, true)).toBe(1)
    expect(stackEffect(op.SETUP_WITH, 0, false)).toBe(0)
    expect(stackEffect(op.POP_JUMP_IF_NONE, 0, true)).toBe(-1)
    expect(isJump(op.SETUP_FINALLY)).toBe(false)
    expect(isJump(op.JUMP)).toBe(true)
  })
})
