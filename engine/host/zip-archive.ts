// A zip archive read through its directory: listed once, files unpacked one by one. No zip64, no encryption: it reads what
// the standard library comes in.
import { inflateRawSync } from 'node:zlib'

interface Entry { method: number; packedBytes: number; sizeBytes: number; header: number }

const END_OF_DIRECTORY = 0x06054b50
const DIRECTORY_ENTRY = 0x02014b50
const STORED = 0
const DEFLATED = 8

export class ZipArchive {
  private readonly bytes: Uint8Array
  private readonly view: DataView
  private readonly entries = new Map<string, Entry>()

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    const view = this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let end = bytes.length - 22
    while (end >= 0 && view.getUint32(end, true) !== END_OF_DIRECTORY) end--
    if (end < 0) throw new Error('Molt: an archive has no directory')
    const decoder = new TextDecoder()
    let at = view.getUint32(end + 16, true)
    for (let left = view.getUint16(end + 10, true); left > 0; left--) {
      if (view.getUint32(at, true) !== DIRECTORY_ENTRY) throw new Error('Molt: the directory of an archive is damaged')
      const nameBytes = view.getUint16(at + 28, true)
      const name = decoder.decode(bytes.subarray(at + 46, at + 46 + nameBytes))
      if (!name.endsWith('/')) {
        this.entries.set(name, {
          method: view.getUint16(at + 10, true), packedBytes: view.getUint32(at + 20, true), sizeBytes: view.getUint32(at + 24, true),
          header: view.getUint32(at + 42, true),
        })
      }
      at += 46 + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
    }
  }

  /** Paths of all files, without folders. */
  names(): IterableIterator<string> {
    return this.entries.keys()
  }

  /** Unpacked size; -1 if there is no such file. */
  sizeOf(name: string): number {
    return this.entries.get(name)?.sizeBytes ?? -1
  }

  /** Contents of a file; null if there is none of the name. */
  read(name: string): Uint8Array | null {
    const entry = this.entries.get(name)
    if (entry === undefined) return null
    const start = entry.header + 30 + this.view.getUint16(entry.header + 26, true) + this.view.getUint16(entry.header + 28, true)
    const packed = this.bytes.subarray(start, start + entry.packedBytes)
    if (entry.method === STORED) return packed
    if (entry.method !== DEFLATED) throw new Error(`Molt: ${name} is packed in an unknown way`)
    const unpacked = inflateRawSync(packed)
    return new Uint8Array(unpacked.buffer, unpacked.byteOffset, unpacked.length)
  }
}
