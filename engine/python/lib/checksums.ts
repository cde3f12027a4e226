// CRC-32 and Adler-32, as binascii.crc32, zlib.crc32 and zlib.adler32 give them.

let table: Uint32Array | null = null

/** crc32(bytes, value) */
export function crc32(bytes: Uint8Array, value = 0): number {
  if (table === null) {
    table = new Uint32Array(256)
    for (let n = 0; n < 256; n++) {
      let c = n
      for (let k = 0; k < 8; k++) c = (c & 1) !== 0 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
      table[n] = c
    }
  }
  let crc = ~value
  for (let i = 0; i < bytes.length; i++) crc = table[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8)
  return ~crc >>> 0
}

/** adler32(bytes, value) */
export function adler32(bytes: Uint8Array, value = 1): number {
  let a = value & 0xffff
  let b = value >>> 16
  for (let i = 0; i < bytes.length;) {
    // 5552 steps are the most that cannot overflow 32 bits.
    for (const end = Math.min(i + 5552, bytes.length); i < end; i++) {
      a += bytes[i]!
      b += a
    }
    a %= 65521
    b %= 65521
  }
  return ((b << 16) | a) >>> 0
}

// Mirrors binascii_crc_hqx_impl, Modules/binascii.c.
/** binascii.crc_hqx(bytes, value): CRC-CCITT */
export function crcHqx(bytes: Uint8Array, value: number): number {
  let crc = value & 0xffff
  for (let i = 0; i < bytes.length; i++) {
    crc ^= bytes[i]! << 8
    for (let k = 0; k < 8; k++) crc = ((crc << 1) ^ ((crc & 0x8000) !== 0 ? 0x1021 : 0)) & 0xffff
  }
  return crc
}
