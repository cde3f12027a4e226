// Part of schemas.ts: the checks of contract-objects.ts.
import type { ObjectMethods } from './contract-objects'
import { either, flag, list, oneOf, record, text, whole, type Check } from './validate'

const inGraph = { recordingId: whole(), at: either(whole(), text) }
const page = { offset: whole(), limit: whole(0, 100_000) }
const object = either(whole(), text)

export const objectSchemas: { [N in keyof ObjectMethods]: Check<ObjectMethods[N]['params']> } = {
  'events.list': record({ recordingId: whole(), fromEvent: whole() }, {
    toEvent: whole(), limit: whole(1, 100_000),
    kinds: list(oneOf(
      'alloc', 'free', 'realloc-from', 'realloc', 'reuse', 'park', 'gc-start', 'gc-end', 'arena-new', 'arena-free', 'output', 'mark', 'switch', 'region')),
  }),
  'snapshots.list': record({ recordingId: whole() }),
  'snapshots.take': record(inGraph),
  'objects.types': record(inGraph, { ...page, internal: flag, filter: text, sort: oneOf('retained', 'shallow', 'count') }),
  'objects.list': record(inGraph, {
    ...page, typeId: whole(), type: text, preview: text, internal: flag, sort: oneOf('retained', 'shallow', 'refcount', 'newest', 'oldest'),
  }),
  'objects.describe': record({ ...inGraph, object }, page),
  'objects.paths': record({ ...inGraph, object }, { ignore: list(whole()), dissimilar: flag, limit: whole(1, 1000) }),
  'objects.cut': record({ ...inGraph, edges: list(whole()) }),
  'objects.dominated': record(inGraph, { object, limit: whole(1, 20_000), maxDepth: whole(1) }),
}
