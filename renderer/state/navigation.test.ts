import { expect, test } from 'vitest'
import { Navigation, type Place } from './navigation.svelte'

const place = (change: Partial<Place>): Place => ({ view: 'statistics', recordingPath: '/a.molt', tick: 0, range: null, file: null, ...change })

test('back, forward, and a new way cuts the old one off', () => {
  const navigation = new Navigation()
  navigation.visit(place({ view: 'library', recordingPath: null, tick: null }), 0)
  expect(navigation.canGoBack).toBe(false)
  navigation.visit(place({}), 10)
  navigation.visit(place({ view: 'source', file: { path: '/a.py', line: 3 } }), 20)
  expect(navigation.go(-1)).toEqual(place({}))
  expect(navigation.go(-1)?.view).toBe('library')
  expect(navigation.go(-1)).toBeNull()
  expect(navigation.go(1)).toEqual(place({}))
  expect(navigation.canGoForward).toBe(true)
  navigation.visit(place({ view: 'run' }), 30)
  expect(navigation.canGoForward).toBe(false)
  expect(navigation.go(-1)).toEqual(place({}))
})

test('a scrub is one step, a later one another', () => {
  const navigation = new Navigation()
  navigation.visit(place({ tick: 0 }), 0)
  for (let i = 1; i <= 50; i++) navigation.visit(place({ tick: i }), i * 16)
  navigation.visit(place({ tick: 99 }), 10_000)
  expect(navigation.go(-1)?.tick).toBe(50)
  expect(navigation.canGoBack).toBe(false)
})
