import { untrack } from 'svelte'

/** Acts when the count goes on, not for what was asked before the component was there. Call it while a component is made. */
export function onRequest(count: () => number, act: () => void): void {
  let seen = untrack(count)
  $effect(() => {
    if (count() === seen) return
    seen = count()
    untrack(act)
  })
}
