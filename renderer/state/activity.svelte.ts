// Counts what the window is waiting for: requests, and pauses before a request. `body[data-idle]` follows it,
// which is what tests wait for instead of time, and the thin progress bar on top shows it after 200 ms.
import { untrack } from 'svelte'

export class Activity {
  pending = $state(0)

  /** Returns what ends it; ending twice does no harm. */
  begin(): () => void {
    untrack(() => this.pending++) // an effect that asks must not depend on how much is asked
    let open = true
    return () => {
      if (open) untrack(() => this.pending--)
      open = false
    }
  }

  async during<T>(work: Promise<T>): Promise<T> {
    const end = this.begin()
    try {
      return await work
    } finally {
      end()
    }
  }
}
