/** The distinct trace ids of a block while it is filled. Number 0 is the id of zeros: no trace. */
export class TraceTable {
  /** 16 bytes for each trace id. */
  bytes = new Uint8Array(16 * 256)
  size = 1
  /** Numbers of ids by hash, 4 for each id that fits into `bytes`. */
  #slots = new Int32Array(4 * 256)

  /** The number of the id at `offset` of `ids`. */
  intern(ids: Uint8Array, offset: number): number {
    // The last bytes are the random ones in all versions of trace ids.
    let slot = hash(ids, offset + 8) & (this.#slots.length - 1)
    for (;;) {
      const number = this.#slots[slot] ?? 0
      if (number === 0) break
      if (this.#equals(number, ids, offset)) return number
      slot = (slot + 1) & (this.#slots.length - 1)
    }
    if (this.#equals(0, ids, offset)) return 0
    if (this.size * 16 === this.bytes.length) {
      this.#grow()
      return this.intern(ids, offset)
    }
    this.#slots[slot] = this.size
    this.bytes.set(ids.subarray(offset, offset + 16), this.size * 16)
    return this.size++
  }

  encode(): Uint8Array {
    return this.bytes.slice(0, this.size * 16)
  }

  clear(): void {
    this.size = 1
    this.#slots.fill(0)
  }

  #equals(number: number, ids: Uint8Array, offset: number): boolean {
    for (let i = 15; i >= 0; i--) if (this.bytes[number * 16 + i] !== ids[offset + i]) return false
    return true
  }

  #grow(): void {
    const bytes = new Uint8Array(this.bytes.length * 2)
    bytes.set(this.bytes)
    this.bytes = bytes
    this.#slots = new Int32Array(this.#slots.length * 2)
    for (let number = 1; number < this.size; number++) {
      let slot = hash(bytes, number * 16 + 8) & (this.#slots.length - 1)
      while (this.#slots[slot] !== 0) slot = (slot + 1) & (this.#slots.length - 1)
      this.#slots[slot] = number
    }
  }
}

function hash(bytes: Uint8Array, offset: number): number {
  let value = 0
  for (let i = offset; i < offset + 8; i++) value = Math.imul(value, 0x01000193) ^ (bytes[i] ?? 0)
  return value ^ (value >>> 15)
}

/** Bytes that grow. */
export class ByteColumn {
  bytes = new Uint8Array(8 * 256)
  length = 0

  push(source: Uint8Array, from: number, to: number): void {
    const end = this.length + to - from
    if (end > this.bytes.length) {
      const larger = new Uint8Array(Math.max(end, this.bytes.length * 2))
      larger.set(this.bytes)
      this.bytes = larger
    }
    for (let i = from, at = this.length; i < to; i++, at++) this.bytes[at] = source[i] ?? 0
    this.length = end
  }

  encode(): Uint8Array {
    return this.bytes.slice(0, this.length)
  }

  clear(): void {
    this.length = 0
  }
}

/** The hex digits of an id at a place in a column. Empty for an id of zeros. */
export function hexAt(bytes: Uint8Array, from: number, size: 8 | 16): string {
  let hex = ''
  let zero = true
  for (let i = from; i < from + size; i++) {
    const byte = bytes[i] ?? 0
    if (byte !== 0) zero = false
    hex += DIGITS[byte] ?? ''
  }
  return zero ? '' : hex
}

const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
