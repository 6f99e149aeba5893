import { putHex, putInteger, putNanoseconds, putVarint, varintSize } from './bytes.ts'
import { ANY_VALUE, KEY_VALUE } from './fields.ts'
import type { Field, Prepared, Writer } from './writer.ts'

/** Wire types, the last three bits of a tag: https://protobuf.dev/programming-guides/encoding/#structure */
const VARINT = 0
const FIXED64 = 1
const DELIMITED = 2
const FIXED32 = 5

/** In every `Scope…` message of OTLP, field 1 is the scope and field 2 holds the entries. */
const ENTRY_TAG = (2 << 3) | DELIMITED
/** `KeyValue.value`. */
const VALUE_TAG = (2 << 3) | DELIMITED
/** From the innermost: `AnyValue.string_value`, `KeyValue.value`. */
const TEXT_TAGS = [(1 << 3) | DELIMITED, VALUE_TAG]
/**
 * The same inside a list: `AnyValue.string_value`, `ArrayValue.values`, `AnyValue.array_value`,
 * `KeyValue.value`.
 */
const LISTED_TEXT_TAGS = [(1 << 3) | DELIMITED, (1 << 3) | DELIMITED, (5 << 3) | DELIMITED, VALUE_TAG]

/**
 * Size of the memory slabs that hold entries one after another. Slabs are small, like those of node's buffer
 * pool, since a retained entry retains its whole slab.
 */
const SLAB = 8_192
/** Room for the length of an entry. Most entries have between 128 bytes and 16 KiB. */
const LENGTH_ROOM = 2
/** Up to this length, a JavaScript loop is faster than a native call (Node.js 24). */
const SHORT_TEXT = 24
/** Maximum UTF-8 bytes per UTF-16 code unit. */
const LARGEST_BYTES = 3
/** Maximum bytes of a tag, a length or a 64-bit number. */
const LARGEST_SCALAR = 20
/** Limit of the key cache, against an endless variety of keys. */
const REMEMBERED_KEYS = 1_000
const REMEMBERED_KEY_LENGTH = 100

/** Writes protobuf into slabs of memory. */
export class ProtobufWriter implements Writer {
  #bytes = Buffer.allocUnsafeSlow(SLAB)
  /** Start of the entry, start of its own part after the scope, and position of the next byte. */
  #from = 0
  #body = 0
  #at = 0
  /** Start positions of the open messages, the innermost last. */
  readonly #opened: number[] = []
  /** Encoded keys, with tag and length. */
  readonly #keys = new Map<string, Uint8Array>()

  begin(scope: Prepared): void {
    this.#opened.length = 0
    this.#at = this.#from
    scope()
    this.#reserve(LARGEST_SCALAR)
    this.#bytes[this.#at] = ENTRY_TAG
    this.#body = this.#at += 1 + LENGTH_ROOM
  }

  finish(): Uint8Array {
    this.#reserve(LARGEST_SCALAR)
    this.#setLength(this.#body, LENGTH_ROOM)
    const entry = this.#bytes.subarray(this.#from, this.#at)
    this.#from = this.#at
    if (this.#bytes.length === SLAB) return entry
    // A large slab was made for one large entry. The next entries get a slab of normal size.
    this.#bytes = Buffer.allocUnsafeSlow(SLAB)
    this.#from = 0
    return Buffer.from(entry)
  }

  size(): number {
    return this.#at - this.#from
  }

  prepare(write: () => void): Prepared {
    const piece = this.#piece(write)
    return () => this.#copy(piece)
  }

  /** Reserves one byte for the length: most messages are shorter than 128 bytes. */
  open({ number }: Field): void {
    this.#reserve(LARGEST_SCALAR)
    this.#tag(number, DELIMITED)
    this.#opened.push(++this.#at)
  }

  openItem(list: Field): void {
    this.open(list)
  }

  close(): void {
    this.#reserve(LARGEST_SCALAR)
    const from = this.#opened.pop()
    if (from !== undefined) this.#setLength(from, 1)
  }

  /** In protobuf, list items are repeated fields without an enclosing message. */
  openList(): void {}
  closeList(): void {}

  text({ number }: Field, value: string): void {
    this.#reserve(LARGEST_BYTES * value.length + LARGEST_SCALAR)
    this.#tag(number, DELIMITED)
    const from = this.#at
    for (let size = value.length; ;) {
      this.#at = putVarint(this.#bytes, from, size)
      const written = this.#put(value)
      if (written === size) return
      size = written
    }
  }

  textAttribute({ number }: Field, key: string, value: string): void {
    this.#attribute(number, key, value, TEXT_TAGS)
  }

  listedTextAttribute({ number }: Field, key: string, value: string): void {
    this.#attribute(number, key, value, LISTED_TEXT_TAGS)
  }

  longAttribute({ number }: Field, key: string, value: number): void {
    const keyBytes = this.#key(key)
    this.#reserve(keyBytes.length + 3 * LARGEST_SCALAR)
    this.#tag(number, DELIMITED)
    const valueSize = 1 + (value < 0 ? 10 : varintSize(value))
    this.#varint(keyBytes.length + 2 + valueSize)
    this.#bytes.set(keyBytes, this.#at)
    this.#at += keyBytes.length
    this.#bytes[this.#at++] = VALUE_TAG
    this.#bytes[this.#at++] = valueSize
    this.long(ANY_VALUE.int, value)
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
    // Negative numbers are rare. Their two's complement takes ten bytes.
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
    this.#at = putVarint(this.#bytes, this.#at, value)
  }

  /** Writes an attribute whose text is nested in several messages, each with no other field. */
  #attribute(number: number, key: string, value: string, tags: readonly number[]): void {
    const keyBytes = this.#key(key)
    this.#reserve(LARGEST_BYTES * value.length + keyBytes.length + LARGEST_SCALAR * (tags.length + 1))
    const from = this.#at
    // Assumes ASCII: one byte per character. If that was wrong, the lengths are corrected and the text is
    // written again.
    for (let size = value.length; ;) {
      const nested = nestedSize(size, tags.length)
      const bytes = this.#bytes
      let at = putVarint(bytes, from, (number << 3) | DELIMITED)
      at = putVarint(bytes, at, keyBytes.length + nested)
      bytes.set(keyBytes, at)
      at += keyBytes.length
      // A short text has a tag and one length byte per message.
      const step = nested < 128 ? 2 : 0
      let rest = nested
      for (let inner = tags.length - 1; inner >= 0; inner--) {
        rest = step > 0 ? rest - step : nestedSize(size, inner)
        bytes[at++] = tags[inner] ?? 0
        at = putVarint(bytes, at, rest)
      }
      this.#at = at
      const written = this.#put(value)
      if (written === size) return
      size = written
    }
  }

  /** Writes a text into reserved room, and returns its bytes. Uses a loop for short texts. */
  #put(text: string): number {
    const bytes = this.#bytes
    const at = this.#at
    const { length } = text
    let seen = length > SHORT_TEXT ? 128 : 0
    for (let i = 0; i < length && seen < 128; i++) {
      const code = text.charCodeAt(i)
      bytes[at + i] = code
      seen |= code
    }
    const written = seen < 128 ? length : bytes.write(text, at)
    this.#at = at + written
    return written
  }

  #key(key: string): Uint8Array {
    let remembered = this.#keys.get(key)
    if (remembered === undefined) {
      remembered = this.#piece(() => this.text(KEY_VALUE.key, key))
      if (this.#keys.size < REMEMBERED_KEYS && key.length <= REMEMBERED_KEY_LENGTH)
        this.#keys.set(key, remembered)
    }
    return remembered
  }

  /** Returns the bytes that `write` writes, and removes them from the entry. */
  #piece(write: () => void): Uint8Array {
    const offset = this.#at - this.#from
    write()
    const at = this.#from + offset
    const piece = Uint8Array.prototype.slice.call(this.#bytes, at, this.#at)
    this.#at = at
    return piece
  }

  /** Writes the length of a finished message into its reserved room, which is resized if needed. */
  #setLength(from: number, room: number): void {
    const size = this.#at - from
    const length = varintSize(size)
    if (length !== room) this.#bytes.copyWithin(from - room + length, from, this.#at)
    putVarint(this.#bytes, from - room, size)
    this.#at += length - room
  }

  #copy(piece: Uint8Array): void {
    this.#reserve(piece.length)
    this.#bytes.set(piece, this.#at)
    this.#at += piece.length
  }

  /** Reserves room. An entry that does not fit moves to the next slab, which may be larger than usual. */
  #reserve(size: number): void {
    if (this.#at + size <= this.#bytes.length) return
    const from = this.#from
    const needed = this.#at - from + size
    const next = Buffer.allocUnsafeSlow(needed <= SLAB ? SLAB : 2 * needed)
    this.#bytes.copy(next, 0, from, this.#at)
    this.#bytes = next
    this.#from = 0
    this.#body -= from
    this.#at -= from
    for (const [index, opened] of this.#opened.entries()) this.#opened[index] = opened - from
  }
}

/** The size of a text nested in `messages` messages, each with a tag and a length. */
function nestedSize(size: number, messages: number): number {
  // The usual case: each length takes one byte.
  if (size + 2 * messages < 128) return size + 2 * messages
  let nested = size
  for (let i = 0; i < messages; i++) nested += 1 + varintSize(nested)
  return nested
}
