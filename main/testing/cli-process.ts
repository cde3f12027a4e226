// The command `molt` with the real interpreter, in processes of its own and a folder that goes away.
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import { existsSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleEntries } from '../../engine/host/testing/bundle'

export interface Outcome { code: number | null; signal: NodeJS.Signals | null; out: string; err: string }

const root = join(import.meta.dirname, '../..')

export class CliProcess {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'molt-real-')))
  private constructor(private readonly built: string) {}

  static async make(): Promise<CliProcess> {
    const built = await bundleEntries({ cli: 'main/cli.ts', 'interpreter-worker': 'engine/host/interpreter-worker.ts' })
    symlinkSync(join(root, 'node_modules/pyodide/python_stdlib.zip'), join(built, 'python_stdlib.zip'))
    // The compiled library, where a build left one: without it every start compiles.
    const compiled = join(root, 'out/main/stdlib.bin')
    if (existsSync(compiled)) symlinkSync(compiled, join(built, 'stdlib.bin'))
    return new CliProcess(built)
  }

  /** The program itself, for shells. */
  get entry(): string { return join(this.built, 'cli.js') }

  dispose(): void {
    for (const path of [this.built, this.folder]) rmSync(path, { recursive: true, force: true })
  }

  write(name: string, content: string | Uint8Array): string {
    writeFileSync(join(this.folder, name), content)
    return name
  }

  start(args: string[], stdio: StdioOptions = 'pipe', cwd = this.folder): { child: ChildProcess; texts: { out: string; err: string }; done: Promise<Outcome> } {
    const child = spawn(process.execPath, [this.entry, ...args], { cwd, stdio })
    const texts = { out: '', err: '' }
    child.stdout?.on('data', data => { texts.out += data })
    child.stderr?.on('data', data => { texts.err += data })
    child.stdin?.on('error', () => {})
    return { child, texts, done: new Promise(resolve => child.on('close', (code, signal) => resolve({ code, signal, ...texts }))) }
  }

  async molt(args: string[], input = '', cwd = this.folder): Promise<Outcome> {
    const { child, done } = this.start(args, 'pipe', cwd)
    child.stdin!.end(input)
    return done
  }

  /** Runs a script without a recording, its folder written as FOLDER in what it says. */
  async run(source: string | Uint8Array, options: string[] = [], input = ''): Promise<Outcome> {
    const name = this.write(`s${CliProcess.scripts++}.py`, source)
    const outcome = await this.molt(['run', '-q', '--record', 'none', ...options, name], input)
    const plain = (text: string) => text.replaceAll(join(this.folder, name), 'FILE').replaceAll(this.folder, 'FOLDER')
    return { ...outcome, out: plain(outcome.out), err: plain(outcome.err) }
  }

  private static scripts = 0
}

export async function until(condition: () => boolean): Promise<void> {
  for (const end = performance.now() + 20_000; !condition();) {
    if (performance.now() > end) throw new Error('waited too long')
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}
