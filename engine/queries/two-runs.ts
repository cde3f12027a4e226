// Two recordings as one: which file, line and traceback of the one is which of the other.
//
// Files are the same by their path below the folder that the program ran in (the two scripts are the same whatever their
// names; paths outside of the folder must be equal). Where both runs stored the text of a file and the texts differ, lines are
// matched by a line diff, edited lines by what they have in common, and the places of both runs are put into one tree in the
// line numbers of the new run. A line of the old run that is not in the new text stands there as minus its number.
import { matchEdited, matchLines } from '../analysis/line-match'
import { SiteTree } from '../recording/site-tree'
import { LINES_A_FILE } from '../recording/keyframe'
import type { Frame } from '../rpc/contract'
import type { RunsRow } from '../rpc/contract-diff'
import { IMPORTED } from './import-snapshot'
import type { OpenRecording } from './open-recording'

export interface Side {
  recording: OpenRecording
  /** Site of the run → node of the tree. */
  nodeOf: Int32Array
}

export class TwoRuns {
  readonly old: Side
  readonly new: Side
  /** `code` is a file of `files`, `line` a line of the new run, or minus a line that only the old run has. */
  readonly tree = new SiteTree()
  /** Files whose texts differ and whose lines were matched, as the new run names them. */
  readonly matchedFiles: string[] = []
  private readonly files = new Map<string, number>()
  /** By file of the tree: its old line → its new line (or minus the old one); empty if lines are the same. */
  private readonly newLineOf: Int32Array[] = []
  private readonly oldLineOf: Int32Array[] = []
  /** Lines of the new text that were edited: file * LINES_A_FILE + line. */
  private readonly edited = new Set<number>()
  /** File of the tree → the new run's file. */
  private readonly newFile: number[] = []
  /** Node → a site of the run that has it. */
  private readonly oldSite: number[] = [0]
  private readonly newSite: number[] = [0]

  constructor(before: OpenRecording, now: OpenRecording) {
    before.refresh()
    now.refresh()
    // A snapshot of tracemalloc does not say which script ran.
    const byPath = [before, now].some(r => r.run().source_kind === IMPORTED)
    const newFiles = filesOf(now, byPath)
    const oldFiles = filesOf(before, byPath)
    for (const [key, file] of newFiles) {
      this.newFile[this.file(key)] = file
      const old = oldFiles.get(key)
      if (old === undefined) continue
      const [newText, oldText] = [now.reader.file(file)?.source, before.reader.file(old)?.source]
      if (newText == null || oldText == null || newText === oldText) continue
      this.match(this.file(key), oldText, newText)
      this.matchedFiles.push(now.pathOf(file))
    }
    this.new = { recording: now, nodeOf: this.take(now, newFiles, this.newSite, false) }
    this.old = { recording: before, nodeOf: this.take(before, oldFiles, this.oldSite, true) }
  }

  /** What names a node: the new run's frame; where only the old run has the line, its own, with minus its file's id. */
  frame(node: number): { frame: Frame; oldLine: number; in: RunsRow['in'] } {
    const newSite = this.newSite[node] ?? 0
    if (node === 0) return { frame: this.new.recording.frame(0), oldLine: 0, in: 'both' }
    const line = this.tree.line[node]!
    const file = this.tree.code[node]!
    const { functionName } = newSite !== 0 ? this.new.recording.frame(newSite) : this.old.recording.frame(this.oldSite[node]!)
    const fileId = this.newFile[file] ?? 0
    if (line < 0 || fileId === 0) {
      const old = this.old.recording.frame(this.oldSite[node]!)
      return { frame: { ...old, fileId: -old.fileId }, oldLine: line < 0 ? -line : 0, in: line < 0 ? 'old' : 'both' }
    }
    const frame = { fileId, path: this.new.recording.pathOf(fileId), line, functionName }
    const oldLine = this.oldLineOf[file] ? this.oldLineOf[file][line] ?? 0 : line
    const edited = this.edited.has(file * LINES_A_FILE + line)
    return { frame, oldLine: oldLine === line ? 0 : oldLine, in: oldLine === 0 ? 'new' : edited ? 'edited' : 'both' }
  }

  /** The line of this node is in the text of one run alone. */
  readonly isEdited = (node: number): boolean => {
    const line = this.tree.line[node]!
    const oldLine = this.oldLineOf[this.tree.code[node]!]
    return line < 0 || oldLine !== undefined && (oldLine[line] ?? 0) === 0
  }

  private file(key: string): number {
    let file = this.files.get(key)
    if (file === undefined) this.files.set(key, file = this.files.size + 1)
    return file
  }

  private match(file: number, oldText: string, newText: string): void {
    const numbers = new Map<string, number>()
    const numbered = (text: string) => Int32Array.from(text.split('\n'), line => {
      const plain = line.trimEnd()
      let number = numbers.get(plain)
      if (number === undefined) numbers.set(plain, number = numbers.size)
      return number
    })
    const [a, b] = [numbered(oldText), numbered(newText)]
    const partner = matchLines(a, b)
    const plain = [...numbers.keys()]
    const edited = matchEdited(partner, b.length, (i, k) => alike(plain[a[i]!]!.trim(), plain[b[k]!]!.trim()))
    const newLine = new Int32Array(a.length + 1)
    const oldLine = new Int32Array(b.length + 1)
    for (let i = 0; i < a.length; i++) {
      newLine[i + 1] = partner[i]! < 0 ? -(i + 1) : partner[i]! + 1
      if (partner[i]! < 0) continue
      oldLine[partner[i]! + 1] = i + 1
      if (edited[i] === 1) this.edited.add(file * LINES_A_FILE + partner[i]! + 1)
    }
    this.newLineOf[file] = newLine
    this.oldLineOf[file] = oldLine
  }

  /** Puts the tracebacks of a run into the tree. */
  private take(recording: OpenRecording, files: Map<string, number>, siteOf: number[], old: boolean): Int32Array {
    const keyOf = new Map<number, number>()
    for (const [key, file] of files) keyOf.set(file, this.file(key))
    const { sites, frames, frameOf } = recording
    // Frames come after their parents.
    const nodeOfFrame = new Int32Array(frames.count)
    for (let node = 1; node < frames.count; node++) {
      const file = keyOf.get(frames.code[node]!) ?? 0
      const line = frames.line[node]!
      const mapped = old ? this.newLineOf[file]?.[line] ?? line : line
      nodeOfFrame[node] = this.tree.intern(nodeOfFrame[frames.parent[node]!]!, file, mapped)
    }
    const nodeOf = new Int32Array(sites.count)
    for (let site = 1; site < sites.count; site++) {
      const node = nodeOfFrame[frameOf[site]!]!
      nodeOf[site] = node
      siteOf[node] ??= site
    }
    return nodeOf
  }
}

/** Key → file id. */
function filesOf(recording: OpenRecording, byPath: boolean): Map<string, number> {
  const { script_path: script } = recording.run()
  // Of a module or a command there is no script, but the folder that it ran in. Old recordings do not say it.
  const base = recording.reader.program()?.folder ?? script.replace(/[^/\\]*$/, '')
  const folder = base === '' || /[/\\]$/.test(base) ? base : `${base}/`
  const keys = new Map<string, number>()
  for (const { id, path } of recording.reader.fileHeads()) {
    const key = byPath ? path : path === script || path === '<string>' && script === '' ? 'script'
      : folder !== '' && path.startsWith(folder) ? `./${path.slice(folder.length).replaceAll('\\', '/')}` : path
    if (!keys.has(key)) keys.set(key, id)
  }
  return keys
}

const ALIKE = 0.7
/** Longer lines are data rather than program. */
const LONGEST_LINE = 400

/** Whether one text may be the other after an edit: by the pairs of neighbouring characters that they share (Dice's coefficient). */
function alike(a: string, b: string): boolean {
  if (a.length < 2 || b.length < 2 || a.length > LONGEST_LINE || b.length > LONGEST_LINE) return false
  // The shares of their lengths alone may rule it out.
  if (2 * Math.min(a.length, b.length) / (a.length + b.length) < ALIKE) return false
  const pairs = new Map<string, number>()
  for (let i = 0; i < a.length - 1; i++) pairs.set(a.slice(i, i + 2), (pairs.get(a.slice(i, i + 2)) ?? 0) + 1)
  let shared = 0
  for (let i = 0; i < b.length - 1; i++) {
    const left = pairs.get(b.slice(i, i + 2)) ?? 0
    if (left === 0) continue
    pairs.set(b.slice(i, i + 2), left - 1)
    shared++
  }
  return 2 * shared / (a.length + b.length - 2) >= ALIKE
}
