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
/** From the inside out: `AnyValue.string_value`, `KeyValue.value`. */
const TEXT_TAGS = [(1 << 3) | DELIMITED, (2 << 3) | DELIMITED]
/** The same with a list between them: `AnyValue.string_value`, `ArrayValue.values`, `AnyValue.array_value`, `KeyValue.value`. */
const LISTED_TEXT_TAGS = [
  (1 << 3) | DELIMITED,
  (1 << 3) | DELIMITED,
  (5 << 3) | DELIMITED,
  (2 << 3) | DELIMITED,
]

const INITIAL_SIZE = 8_192
/** A buffer that one huge entry made larger than this is not kept. */
const KEPT_SIZE = 262_144
/** Up to this length a loop beats the call into native code (Node.js 24). */
const SHORT_TEXT = 24
/** The most bytes of UTF-8 for one unit of UTF-16. */
const LARGEST_BYTES = 3
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

  /** The length of the entry is known only now, and goes in while it is copied: an entry is long. */
  finish(): Uint8Array {
    const from = this.#opened[0] ?? 0
    const size = this.#at - from
    const head = from - 1 + varintSize(size)
    const entry = Buffer.allocUnsafe(head + size)
    this.#bytes.copy(entry, 0, 0, from - 1)
    putVarint(entry, from - 1, size)
    this.#bytes.copy(entry, head, from, this.#at)
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
    this.#reserve(LARGEST_BYTES * value.length + LARGEST_SCALAR)
    this.#tag(number, DELIMITED)
    const from = this.#at
    for (let size = value.length; ; ) {
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
    this.#at = putVarint(this.#bytes, this.#at, value)
  }

  /** An attribute whose text is the innermost of some messages, each of which has nothing else in it. */
  #attribute(number: number, key: string, value: string, tags: readonly number[]): void {
    const keyBytes = this.#key(key)
    this.#reserve(LARGEST_BYTES * value.length + keyBytes.length + LARGEST_SCALAR * (tags.length + 1))
    const from = this.#at
    // Most texts are ASCII and have as many bytes as characters. Where that turns out to be wrong, the lengths are.
    for (let size = value.length; ; ) {
      const bytes = this.#bytes
      let at = putVarint(bytes, from, (number << 3) | DELIMITED)
      at = putVarint(bytes, at, keyBytes.length + nestedSize(size, tags.length))
      bytes.set(keyBytes, at)
      at += keyBytes.length
      for (let inner = tags.length - 1; inner >= 0; inner--) {
        bytes[at++] = tags[inner] ?? 0
        at = putVarint(bytes, at, nestedSize(size, inner))
      }
      this.#at = at
      const written = this.#put(value)
      if (written === size) return
      size = written
    }
  }

  /** Writes a text into room that is there; returns its bytes. For a short one a loop beats the call into native code. */
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

/** How long a text of `size` bytes is within so many messages, each with the tag and the length of the next. */
function nestedSize(size: number, messages: number): number {
  // As long as no length needs a second byte, which is the rule.
  if (size + 2 * messages < 128) return size + 2 * messages
  let nested = size
  for (let i = 0; i < messages; i++) nested += 1 + varintSize(nested)
  return nested
}

function varintSize(value: number): number {
  if (value < 128) return 1
  let size = 1
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) size++
  return size
}

/** Writes a natural number up to 2^53; returns where it ends. */
function putVarint(bytes: Uint8Array, from: number, value: number): number {
  let at = from
  let rest = value
  while (rest > 127) {
    bytes[at++] = (rest & 127) | 128
    rest = rest < 2_147_483_648 ? rest >>> 7 : Math.floor(rest / 128)
  }
  bytes[at++] = rest
  return at
}
