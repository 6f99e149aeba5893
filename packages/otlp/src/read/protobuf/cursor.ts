import type { Field } from '../../writer.ts'
import { OtlpError } from '../reader.ts'

/** Wire types: https://protobuf.dev/programming-guides/encoding/#structure */
export const VARINT = 0
export const FIXED64 = 1
export const DELIMITED = 2
const GROUP = 3
const GROUP_END = 4
export const FIXED32 = 5

const LONGEST_VARINT = 10
/** Nesting of unknown groups that are skipped. */
const MAX_GROUPS = 64
const TWO_32 = 4_294_967_296

/** Reads a message that ends at `stop`. */
export type ReadMessage = (cursor: Cursor, stop: number) => void

/** The tag of a field. */
export function tagOf({ number }: Field, wireType: number): number {
  return (number << 3) | wireType
}

/**
 * A position in protobuf. Every read is checked against the end of the bytes; a message checks with {@link end} that its last field
 * did not go beyond its own end.
 */
export class Cursor {
  readonly bytes: Buffer
  readonly view: DataView
  at = 0
  /** The upper 32 bits of the last varint or fixed64. */
  high = 0
  readonly #length: number

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#length = bytes.byteLength
  }

  /** Reads the tag of the next field. */
  tag(): number {
    const tag = this.varint()
    if (this.high > 0) throw new OtlpError('The body has a field with an invalid number.')
    if (tag < 8) throw new OtlpError('The body has a field with the number 0.')
    return tag
  }

  /** Reads a varint: returns the lower 32 bits. */
  varint(): number {
    if (this.at < this.#length) {
      const byte = this.bytes[this.at] ?? 0
      if (byte < 128) {
        this.at++
        this.high = 0
        return byte
      }
    }
    return this.#longVarint()
  }

  /** Reads a length. Returns the end of the bytes that it announces. */
  delimited(end: number): number {
    const length = this.varint()
    const stop = this.at + length
    if (this.high > 0 || stop > end) throw beyond()
    return stop
  }

  /** Reads a fixed64: returns the lower 32 bits. */
  fixed64(): number {
    const { at } = this
    if (at + 8 > this.#length) throw beyond()
    this.at = at + 8
    this.high = this.view.getUint32(at + 4, true)
    return this.view.getUint32(at, true)
  }

  /** Reads a fixed64 as a number, rounded above 2^53. */
  count(): number {
    const low = this.fixed64()
    return this.high * TWO_32 + low
  }

  /** Reads an sfixed64 as a number, rounded beyond ±2^53. */
  signed(): number {
    const low = this.fixed64()
    return (this.high | 0) * TWO_32 + low
  }

  double(): number {
    const { at } = this
    if (at + 8 > this.#length) throw beyond()
    this.at = at + 8
    return this.view.getFloat64(at, true)
  }

  fixed32(): number {
    const { at } = this
    if (at + 4 > this.#length) throw beyond()
    this.at = at + 4
    return this.view.getUint32(at, true)
  }

  /** Reads a sint32, which is zigzag-encoded. */
  zigzag(): number {
    const value = this.varint()
    return (value >>> 1) ^ -(value & 1)
  }

  /** Checks that a message has ended at its end. */
  end(stop: number): void {
    if (this.at !== stop) throw beyond()
  }

  /** Skips the field with this tag in a message that ends at `end`. */
  skip(tag: number, end: number): void {
    const wireType = tag & 7
    if (wireType === GROUP) this.#skipGroup(tag, end)
    else this.#skipValue(wireType, end)
  }

  #skipValue(wireType: number, end: number): void {
    if (wireType === VARINT) this.varint()
    else if (wireType === DELIMITED) this.at = this.delimited(end)
    else if (wireType === FIXED64 || wireType === FIXED32) {
      this.at += wireType === FIXED64 ? 8 : 4
      if (this.at > end) throw beyond()
    } else throw new OtlpError('The body has a field with an invalid wire type.')
  }

  #skipGroup(first: number, end: number): void {
    const open = [first >>> 3]
    while (open.length > 0) {
      if (this.at >= end) throw beyond()
      const tag = this.tag()
      const wireType = tag & 7
      if (wireType === GROUP) {
        if (open.push(tag >>> 3) > MAX_GROUPS)
          throw new OtlpError('The body has groups that are nested too deep.')
      } else if (wireType === GROUP_END) {
        if (open.pop() !== tag >>> 3) throw new OtlpError('The body has a group with a wrong end.')
      } else this.#skipValue(wireType, end)
    }
  }

  #longVarint(): number {
    let low = 0
    let high = 0
    for (let index = 0; index < LONGEST_VARINT; index++) {
      if (this.at >= this.#length) throw beyond()
      const byte = this.bytes[this.at++] ?? 0
      const bits = byte & 127
      if (index < 4) low |= bits << (7 * index)
      else if (index === 4) {
        low |= bits << 28
        high = bits >>> 4
      } else high |= bits << (7 * index - 32)
      if (byte < 128) {
        this.high = high >>> 0
        return low >>> 0
      }
    }
    throw new OtlpError('The body has a number that is longer than 10 bytes.')
  }
}

function beyond(): OtlpError {
  return new OtlpError('The body has a field that goes beyond the end of its message.')
}
