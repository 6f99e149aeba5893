/**
 * Encodes numbers and ids as bytes. 64-bit values exceed a double, so they are computed in halves of 32 bits:
 * a BigInt per number would be garbage to collect.
 */

const TWO_16 = 65_536
const TWO_32 = 4_294_967_296

/** Splits milliseconds since the epoch into whole milliseconds and nanoseconds. */
export function splitMs(ms: number): { readonly whole: number; readonly nanos: number } {
  const whole = Math.floor(ms)
  const nanos = Math.round((ms - whole) * 1e6)
  return nanos === 1e6 ? { whole: whole + 1, nanos: 0 } : { whole, nanos }
}

/** Writes a time (milliseconds since the epoch, not negative) as nanoseconds, little-endian. */
export function putNanoseconds(bytes: Uint8Array, at: number, ms: number): void {
  const whole = ms > 0 ? Math.floor(ms) : 0
  const nanos = ms > 0 ? Math.round((ms - whole) * 1e6) : 0
  // whole * 1e6 needs 61 bits. The upper part and the lower 16 bits are multiplied separately, so that both
  // stay exact.
  const quotient = Math.floor(whole / TWO_16)
  const upper = quotient * 1e6
  const upperQuotient = Math.floor(upper / TWO_16)
  const lower = (whole - quotient * TWO_16) * 1e6 + nanos + (upper - upperQuotient * TWO_16) * TWO_16
  const carry = Math.floor(lower / TWO_32)
  putHalves(bytes, at, lower - carry * TWO_32, upperQuotient + carry)
}

/** Writes a safe integer, little-endian. Negative values use two's complement. */
export function putInteger(bytes: Uint8Array, at: number, value: number): void {
  const high = Math.floor(value / TWO_32)
  putHalves(bytes, at, value - high * TWO_32, high)
}

function putHalves(bytes: Uint8Array, at: number, lower: number, upper: number): void {
  const low = lower | 0
  const high = upper | 0
  bytes[at] = low
  bytes[at + 1] = low >>> 8
  bytes[at + 2] = low >>> 16
  bytes[at + 3] = low >>> 24
  bytes[at + 4] = high
  bytes[at + 5] = high >>> 8
  bytes[at + 6] = high >>> 16
  bytes[at + 7] = high >>> 24
}

/** The value of each hexadecimal digit by its character code. Other characters count as 0. */
const DIGITS = new Uint8Array(128)
for (let value = 0; value < 16; value++) {
  DIGITS[value.toString(16).charCodeAt(0)] = value
  DIGITS[value.toString(16).toUpperCase().charCodeAt(0)] = value
}

/** Writes the bytes of hexadecimal digits, two digits per byte. */
export function putHex(bytes: Uint8Array, at: number, digits: string): void {
  const size = digits.length >> 1
  for (let i = 0; i < size; i++)
    bytes[at + i] = (digit(digits.charCodeAt(2 * i)) << 4) | digit(digits.charCodeAt(2 * i + 1))
}

function digit(code: number): number {
  return DIGITS[code] ?? 0
}

/** The size of a natural number as a varint: https://protobuf.dev/programming-guides/encoding/#varints */
export function varintSize(value: number): number {
  if (value < 128) return 1
  let size = 1
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) size++
  return size
}

/** Writes a natural number up to 2^53 as a varint. Returns its end position. */
export function putVarint(bytes: Uint8Array, from: number, value: number): number {
  let at = from
  let rest = value
  while (rest > 127) {
    bytes[at++] = (rest & 127) | 128
    rest = rest < 2_147_483_648 ? rest >>> 7 : Math.floor(rest / 128)
  }
  bytes[at++] = rest
  return at
}
