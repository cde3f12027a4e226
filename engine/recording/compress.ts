// Compression of blobs: zstd where Node has it (22.15 and later), raw deflate elsewhere. The method is the first byte
// of the result, so a file written by either opens in both as far as the runtime can.
import zlib from 'node:zlib'
import { MoltError } from '../base/errors'

const RAW = 0
const ZSTD = 1
const DEFLATE = 2

const hasZstd = typeof zlib.zstdCompressSync === 'function'
/** Level 1: on event columns it is 3 times as fast as the default and 5 % larger. */
const zstdOptions = hasZstd ? { params: { [zlib.constants.ZSTD_c_compressionLevel]: 1 } } : {}

export function compress(bytes: Uint8Array, method: 'best' | 'deflate' = 'best'): Uint8Array {
  if (bytes.length < 64) return tagged(RAW, bytes)
  if (hasZstd && method === 'best') return tagged(ZSTD, zlib.zstdCompressSync(bytes, zstdOptions))
  return tagged(DEFLATE, zlib.deflateRawSync(bytes, { level: 1 }))
}

/** Throws a MoltError 'damaged' for anything that `compress` did not make. */
export function decompress(blob: Uint8Array): Uint8Array {
  const body = blob.subarray(1)
  try {
    if (blob[0] === RAW) return body
    if (blob[0] === ZSTD) {
      if (!hasZstd) throw new MoltError('damaged', 'This recording is compressed with zstd, which this version of Node.js cannot read.')
      return zlib.zstdDecompressSync(body)
    }
    if (blob[0] === DEFLATE) return zlib.inflateRawSync(body)
  } catch (error) {
    if (error instanceof MoltError) throw error
  }
  throw new MoltError('damaged', 'A part of the recording cannot be unpacked.')
}

function tagged(method: number, body: Uint8Array): Uint8Array {
  const blob = new Uint8Array(body.length + 1)
  blob[0] = method
  blob.set(body, 1)
  return blob
}
