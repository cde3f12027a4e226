// Whatever opens or subscribes returns a Disposable; whoever keeps several keeps a DisposableStore.

export interface Disposable {
  dispose(): void
}

export function toDisposable(dispose: () => void): Disposable {
  let done = false
  return {
    dispose() {
      if (done) return
      done = true
      dispose()
    },
  }
}

/** Disposes in the reverse order of adding; what is added after the end is disposed at once. */
export class DisposableStore implements Disposable {
  private items: Disposable[] = []
  private disposed = false

  add<T extends Disposable>(item: T): T {
    if (this.disposed) item.dispose()
    else this.items.push(item)
    return item
  }

  dispose(): void {
    this.disposed = true
    const items = this.items
    this.items = []
    for (let i = items.length - 1; i >= 0; i--) items[i]!.dispose()
  }
}
