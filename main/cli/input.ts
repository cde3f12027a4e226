// Standard input of a script: read when the script waits for it, one piece at a time, so that what it does not ask for is
// left for whoever comes after it in the same shell.
import type { RunSession } from '../../engine/host/command-api'

export class InputReader {
  private session: RunSession | null = null
  private readonly give = (chunk: Uint8Array): void => {
    process.stdin.pause()
    this.session?.write(chunk)
  }
  private readonly end = (): void => this.session?.endInput()

  /** The script waits. */
  want(session: RunSession): void {
    if (this.session === null) {
      this.session = session
      process.stdin.on('data', this.give)
      process.stdin.on('end', this.end)
      process.stdin.on('error', this.end)
    }
    process.stdin.resume()
  }

  /** The script has ended. */
  dispose(): void {
    if (this.session === null) return
    process.stdin.off('data', this.give)
    process.stdin.off('end', this.end)
    process.stdin.destroy()
  }
}
