import type { Bytes } from './byte-table.ts'

const FIRST = 1_024
/** Larger memory is not kept. */
const KEPT = 65_536
/** Up to this length, a JavaScript loop is faster than a native call. */
const SHORT = 64

/** Memory to put together bytes that are not side by side in a body. */
export class Scratch implements Bytes {
  bytes = Buffer.allocUnsafeSlow(FIRST)
  view = viewOf(this.bytes)
  /** Number of bytes. */
  size = 0

  clear(): void {
    this.size = 0
    if (this.bytes.length > KEPT) this.#use(Buffer.allocUnsafeSlow(FIRST))
  }

  /** Appends a number below 2^32. */
  word(value: number): void {
    this.#reserve(4)
    this.view.setUint32(this.size, value, true)
    this.size += 4
  }

  copy(from: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start)
    if (end - start > SHORT) {
      this.bytes.set(from.subarray(start, end), this.size)
      this.size += end - start
    } else for (let at = start; at < end; at++) this.bytes[this.size++] = from[at] ?? 0
  }

  #reserve(room: number): void {
    if (this.size + room <= this.bytes.length) return
    const bytes = Buffer.allocUnsafeSlow(2 * (this.size + room))
    this.bytes.copy(bytes, 0, 0, this.size)
    this.#use(bytes)
  }

  #use(bytes: Buffer<ArrayBuffer>): void {
    this.bytes = bytes
    this.view = viewOf(bytes)
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
