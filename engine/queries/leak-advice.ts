// What to do about a suspect, from what holds what.
import type { SuspectKind } from '../rpc/contract-leaks'

export interface Case {
  kind: SuspectKind
  /** Type of the holder, and of most members. */
  holderType: string
  memberType: string
  holderWords: string
  /** The members are instances of the program's own classes (and can be weakly referenced). */
  instances: boolean
  /** Functions or bound methods, alone or at the heart of what is held. */
  callbacks: boolean
  /** A traceback keeps frames below the members. */
  frames: boolean
  generators: boolean
  /** Steps of the path to the holder. */
  underDefaults: boolean
  underClass: boolean
  underThreadLocal: boolean
  /** The cached function takes `self`. */
  cachedMethod: string
  /** Some of what was made is freed. */
  partlyFreed: boolean
  /** Attribute that leads from a child back to its parent, of cycles. */
  backReference: string
  collectorOff: boolean
  alsoHeld: string[]
}

export function adviceFor(c: Case): string {
  const parts: string[] = []
  if (c.kind === 'garbage') {
    parts.push(c.collectorOff ? 'The collector does not run: turn it on (gc.enable()) or call gc.collect() now and then' : 'Wait for the collector or call gc.collect()')
    parts.push(c.backReference === '' ? 'better, break the cycle when the object is done with (del, close())'
      : `better, make \`${c.backReference}\` a weakref.ref, so that reference counting frees them at once`)
    return `${parts.join('; ')}.`
  }
  if (c.kind === 'method-cache' || c.cachedMethod !== '') {
    return `lru_cache on a method keeps every instance it was called on: use functools.cached_property for ${c.cachedMethod}, or put functools.cache on a function of the module that takes only what the result depends on.`
  }
  if (c.kind === 'exception' || c.frames) {
    return 'Keep what the error says and not the error: str(error), or traceback.format_exception(error); otherwise let go of the frames with traceback.clear_frames(error.__traceback__) or error.with_traceback(None), and raise … from None where the first error is of no use.'
  }
  if (c.kind === 'chain') return 'Cut the list: keep the last so many nodes and set the link of the oldest to None, or use collections.deque(maxlen=…).'
  if (c.kind === 'single') return 'This one block only grows: write it out and start anew, or keep the last part of it.'
  if (c.holderType === 'functools._lru_cache_wrapper') return 'Give the cache a bound: lru_cache(maxsize=…), or call cache_clear() when the results are of no use any more.'
  if (c.generators) return 'Close the generators when nobody reads on: generator.close(), or contextlib.closing(…) around the loop; and take them out of the container.'
  if (c.underDefaults) return 'A default argument is made once and kept for ever: write `=None` and make the container in the function.'
  const isMapping = /dict/i.test(c.holderType)
  if (c.callbacks && !isMapping) parts.push('Unsubscribe when the subscriber is done with, or keep callbacks as weakref.WeakMethod (weakref.ref for functions), so that they do not keep their owners')
  else if (c.underClass && !isMapping) parts.push('The container belongs to the class and all instances share it: make one for each instance in __init__, or empty it')
  else if (isMapping) {
    if (c.partlyFreed) parts.push('Some entries are taken out and some never: find the way on which `del` or pop() is left out, and put it into a finally or a context manager')
    else parts.push('Bound it: functools.lru_cache(maxsize=…) in its place, or delete the oldest entries')
    if (c.instances) parts.push('or use weakref.WeakValueDictionary if others own the values')
    if (c.underClass) parts.push('all instances of the class share it: if each was to have its own, make it in __init__')
  } else if (/deque/.test(c.holderType)) {
    parts.push(c.partlyFreed ? 'More is put in than taken out: drain it faster, or bound it with collections.deque(maxlen=…) or queue.Queue(maxsize=…)' : 'Bound it: collections.deque(maxlen=…)')
  } else {
    parts.push(c.partlyFreed ? 'More is put in than taken out: take things out when they are done with' : 'Take things out when they are done with, or bound it: collections.deque(maxlen=…)')
    if (c.instances) parts.push('or use weakref.WeakSet if others own them')
  }
  if (c.underThreadLocal) parts.push('clear it at the end of each piece of work: its thread does not end')
  if (c.alsoHeld.length > 0) parts.push(`mind that ${c.alsoHeld.join(' and ')} ${c.alsoHeld.length === 1 ? 'holds' : 'hold'} the same objects`)
  return `${parts.join('; ')}.`
}
