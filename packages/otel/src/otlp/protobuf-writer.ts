import { putHex, putInteger, putNanoseconds } from './bytes.ts'
import type { Field, Prepared, Writer } from './writer.ts'

/** The last three bits of a tag say how long its value is: https://protobuf.dev/programming-guides/encoding/#structure */
const VARINT = 0
const FIXED64 = 1
const DELIMITED = 2
const FIXED32 = 5

/** In every `Scope…` message of OTLP the scope is field 1 and its entries are field 2. */
const ENTRY: Field = { number: 2, name: 'entry' }
/** Of a `KeyValue` and the `AnyValue` in it. */
const KEY: Field = { number: 1, name: 'key' }
const VALUE_TAG = (2 << 3) | DELIMITED
const STRING_TAG = (1 << 3) | DELIMITED

const INITIAL_SIZE = 8_192
/** A buffer that one huge entry made larger than this is not kept. */
const KEPT_SIZE = 262_144
/** Up to this length a loop beats the call into native code (Node.js 24). */
const SHORT_TEXT = 24
/** The most bytes that a tag, a length or a 64-bit number takes. */
const LARGEST_SCALAR = 20
/** Bounds what an endless variety of keys can make us remember. */
const REMEMBERED_KEYS = 1_000
const REMEMBERED_KEY_LENGTH = 100

/** Writes protobuf into one buffer that grows and is used again for the next entry. */
export class ProtobufWriter implements Writer {
  #bytes = Buffer.allocUnsafe(INITIAL_SIZE)
  #at = 0
  /** Where the messages begin that are open, the innermost last. */
  readonly #opened: number[] = []
  /** Keys with their tag and length in front. */
  readonly #keys = new Map<string, Uint8Array>()

  begin(scope: Prepared): void {
    this.#at = 0
    this.#opened.length = 0
    scope()
    this.open(ENTRY)
  }

  finish(): Uint8Array {
    this.close()
    const entry = Buffer.allocUnsafe(this.#at)
    this.#bytes.copy(entry, 0, 0, this.#at)
    if (this.#bytes.length > KEPT_SIZE) this.#bytes = Buffer.allocUnsafe(INITIAL_SIZE)
    return entry
  }

  size(): number {
    return this.#at
  }

  prepare(write: () => void): Prepared {
    const piece = this.#piece(write)
    return () => this.#copy(piece)
  }

  open({ number }: Field): void {
    this.#reserve(LARGEST_SCALAR)
    this.#tag(number, DELIMITED)
    this.#opened.push(++this.#at)
  }

  openItem(list: Field): void {
    this.open(list)
  }

  /** Most messages are shorter than 128 bytes: one byte is kept free for the length, a longer one makes room. */
  close(): void {
    const from = this.#opened.pop()
    if (from === undefined) return
    const size = this.#at - from
    const more = varintSize(size) - 1
    if (more > 0) {
      this.#reserve(more)
      this.#bytes.copyWithin(from + more, from, this.#at)
    }
    this.#at = from - 1
    this.#varint(size)
    this.#at += size
  }

  /** The items of a list simply follow each other. */
  openList(): void {}
  closeList(): void {}

  text({ number }: Field, value: string): void {
    const size = utf8Size(value)
    this.#reserve(size + LARGEST_SCALAR)
    this.#tag(number, DELIMITED)
    this.#varint(size)
    this.#put(value, size)
  }

  textAttribute({ number }: Field, key: string, value: string): void {
    const keyBytes = this.#key(key)
    const size = utf8Size(value)
    const valueSize = 1 + varintSize(size) + size
    const attributeSize = keyBytes.length + 1 + varintSize(valueSize) + valueSize
    this.#reserve(attributeSize + LARGEST_SCALAR)
    this.#tag(number, DELIMITED)
    this.#varint(attributeSize)
    this.#bytes.set(keyBytes, this.#at)
    this.#at += keyBytes.length
    this.#bytes[this.#at++] = VALUE_TAG
    this.#varint(valueSize)
    this.#bytes[this.#at++] = STRING_TAG
    this.#varint(size)
    this.#put(value, size)
  }

  hex({ number }: Field, digits: string): void {
    const size = digits.length >> 1
    this.#reserve(size + LARGEST_SCALAR)
    this.#tag(number, DELIMITED)
    this.#varint(size)
    putHex(this.#bytes, this.#at, digits)
    this.#at += size
  }

  bytes({ number }: Field, value: Uint8Array): void {
    this.#reserve(LARGEST_SCALAR)
    this.#tag(number, DELIMITED)
    this.#varint(value.length)
    this.#copy(value)
  }

  bool(of: Field, value: boolean): void {
    this.int(of, value ? 1 : 0)
  }

  int({ number }: Field, value: number): void {
    this.#reserve(LARGEST_SCALAR)
    this.#tag(number, VARINT)
    this.#varint(value)
  }

  long({ number }: Field, value: number | bigint): void {
    this.#reserve(LARGEST_SCALAR)
    this.#tag(number, VARINT)
    if (typeof value === 'number' && value >= 0) return this.#varint(value)
    // Negative ones are rare, and ten bytes long: their two's complement.
    let rest = BigInt.asUintN(64, BigInt(value))
    for (; rest > 127n; rest >>= 7n) this.#bytes[this.#at++] = Number(rest & 127n) | 128
    this.#bytes[this.#at++] = Number(rest)
  }

  fixed32({ number }: Field, value: number): void {
    this.#reserve(LARGEST_SCALAR)
    this.#tag(number, FIXED32)
    this.#at = this.#bytes.writeUInt32LE(value, this.#at)
  }

  fixed64({ number }: Field, value: number): void {
    this.#reserve(LARGEST_SCALAR)
    this.#tag(number, FIXED64)
    putInteger(this.#bytes, this.#at, value)
    this.#at += 8
  }

  time({ number }: Field, ms: number): void {
    this.#reserve(LARGEST_SCALAR)
    this.#tag(number, FIXED64)
    putNanoseconds(this.#bytes, this.#at, ms)
    this.#at += 8
  }

  double({ number }: Field, value: number): void {
    this.#reserve(LARGEST_SCALAR)
    this.#tag(number, FIXED64)
    this.#at = this.#bytes.writeDoubleLE(value, this.#at)
  }

  counts({ number }: Field, values: readonly number[]): void {
    this.#packed(number, values.length)
    for (const value of values) {
      putInteger(this.#bytes, this.#at, value)
      this.#at += 8
    }
  }

  doubles({ number }: Field, values: readonly number[]): void {
    this.#packed(number, values.length)
    for (const value of values) this.#at = this.#bytes.writeDoubleLE(value, this.#at)
  }

  #packed(number: number, length: number): void {
    this.#reserve(8 * length + LARGEST_SCALAR)
    this.#tag(number, DELIMITED)
    this.#varint(8 * length)
  }

  #tag(number: number, wireType: number): void {
    this.#varint((number << 3) | wireType)
  }

  #varint(value: number): void {
    let rest = value
    while (rest > 127) {
      this.#bytes[this.#at++] = (rest & 127) | 128
      rest = rest < 2_147_483_648 ? rest >>> 7 : Math.floor(rest / 128)
    }
    this.#bytes[this.#at++] = rest
  }

  #put(text: string, size: number): void {
    if (size <= SHORT_TEXT && size === text.length)
      for (let i = 0; i < size; i++) this.#bytes[this.#at + i] = text.charCodeAt(i)
    else this.#bytes.write(text, this.#at, size)
    this.#at += size
  }

  #key(key: string): Uint8Array {
    let remembered = this.#keys.get(key)
    if (remembered === undefined) {
      remembered = this.#piece(() => this.text(KEY, key))
      if (this.#keys.size < REMEMBERED_KEYS && key.length <= REMEMBERED_KEY_LENGTH)
        this.#keys.set(key, remembered)
    }
    return remembered
  }

  /** What `write` writes, taken out again. */
  #piece(write: () => void): Uint8Array {
    const from = this.#at
    write()
    const piece = Uint8Array.prototype.slice.call(this.#bytes, from, this.#at)
    this.#at = from
    return piece
  }

  #copy(piece: Uint8Array): void {
    this.#reserve(piece.length)
    this.#bytes.set(piece, this.#at)
    this.#at += piece.length
  }

  #reserve(size: number): void {
    const needed = this.#at + size
    if (needed <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#bytes.length))
    this.#bytes.copy(larger, 0, 0, this.#at)
    this.#bytes = larger
  }
}

/** How many bytes a text takes. For a short one a loop beats the call into native code. */
function utf8Size(text: string): number {
  const { length } = text
  if (length > SHORT_TEXT) return Buffer.byteLength(text)
  for (let i = 0; i < length; i++) if (text.charCodeAt(i) > 127) return Buffer.byteLength(text)
  return length
}

function varintSize(value: number): number {
  let size = 1
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) size++
  return size
}
