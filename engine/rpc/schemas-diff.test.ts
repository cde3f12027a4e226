import { expect, test } from 'vitest'
import { validateRequest } from './schemas'

test.each([
  ['diff.instants', { recordingId: 1, at: 'end', compareTo: 5, by: 'type', retained: true, filter: 'x', limit: 3 }],
  ['diff.objects', { recordingId: 1, at: 'mark:a', compareTo: 'peak', fate: 'freed' }],
  ['diff.range', { recordingId: 1, from: 0, to: 5, at: 'end', by: 'traceback' }],
  ['diff.runs', { recordingId: 2, oldId: 1, at: 'end', by: 'line', oldAt: 'peak' }],
  ['check.run', { recordingId: 2, baseId: 1, budgets: [
    { kind: 'peak', limit: 1 }, { kind: 'live', limit: 0, at: 'end' }, { kind: 'max-live', limit: 2, type: 'T', at: 'mark:x' }, { kind: 'grow-peak', limit: 2.5 },
  ] }],
] as const)('%s takes %j', (method, params) => {
  expect(validateRequest(method, params)).toEqual(params)
})

test.each([
  ['diff.instants', { recordingId: 1, at: 'end', compareTo: 5, by: 'object' }, 'params.by must be one of'],
  ['diff.objects', { recordingId: 1, at: 'end', compareTo: 5, fate: 'lost' }, 'params.fate must be one of'],
  ['diff.runs', { recordingId: 2, at: 'end', by: 'line' }, 'params.oldId must be'],
  ['check.run', { recordingId: 2, budgets: [{ kind: 'live', limit: 1 }] }, 'params.budgets[0]'],
  ['check.run', { recordingId: 2, budgets: [{ kind: 'peak', limit: -1 }] }, 'params.budgets[0]'],
  ['check.run', { recordingId: 2, budgets: 'peak' }, 'params.budgets must be a list'],
] as const)('%s refuses %j', (method, params, words) => {
  expect(() => validateRequest(method, params)).toThrow(words)
})
