import type { Message } from '@sightline/servers/otlp'

import type { Chance } from './messages.ts'

/** Names of 64-bit integers, which may be texts or numbers in JSON. */
const LONGS = new Set([
  'intValue',
  'asInt',
  'count',
  'bucketCounts',
  'zeroCount',
  'timeUnixNano',
  'startTimeUnixNano',
  'endTimeUnixNano',
  'observedTimeUnixNano',
])

/**
 * A message in the JSON of OTLP, in one of the ways in which it may be written: ids in either case, 64-bit integers as texts or
 * numbers, names as in JSON or as in the `.proto` files, unknown fields.
 */
export function jsonOf(message: Message, { oneIn }: Chance): Buffer {
  const hasOriginalNames = oneIn(4)

  function content(value: unknown, name: string): unknown {
    if (value instanceof Uint8Array) return name === 'bytesValue' ? bytes(value) : hex(value)
    if (Array.isArray(value)) return value.map((item) => content(item, name))
    if (typeof value === 'number') return double(value)
    if (typeof value === 'string' && LONGS.has(name) && Number.isSafeInteger(Number(value)) && oneIn(2))
      return Number(value)
    if (typeof value !== 'object' || value === null) return value
    const fields = Object.entries(value).map(([key, held]): [string, unknown] => [
      hasOriginalNames ? key.replaceAll(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`) : key,
      content(held, key),
    ])
    if (oneIn(10)) fields.push(['unknownField', { nested: [1, 'a'] }], ['unknown', null])
    return Object.fromEntries(fields)
  }

  function hex(value: Uint8Array): string {
    const digits = Buffer.from(value).toString('hex')
    return oneIn(2) ? digits.toUpperCase() : digits
  }

  function bytes(value: Uint8Array): string {
    return Buffer.from(value).toString(oneIn(2) ? 'base64' : 'base64url')
  }

  function double(value: number): unknown {
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : Object.is(value, -0)
        ? '-0'
        : String(value)
  }

  return Buffer.from(JSON.stringify(content(message, '')))
}

/** The fields that are messages, by their numbers. Fields of a kind that the definition does not know are absent. */
interface Shape {
  readonly [field: number]: Shape
}

const ANY: { [field: number]: Shape } = {}
const PAIR: Shape = { 2: ANY }
ANY[5] = { 1: ANY }
ANY[6] = { 1: PAIR }
const RESOURCE: Shape = { 1: PAIR }
const SCOPE: Shape = { 3: PAIR }
const around = (entry: Shape): Shape => ({ 1: { 1: RESOURCE, 2: { 1: SCOPE, 2: entry } } })
const EXEMPLAR: Shape = { 7: PAIR }
const NUMBERS: Shape = { 1: { 5: EXEMPLAR, 7: PAIR } }

const SHAPES = {
  traces: around({ 9: PAIR, 11: { 3: PAIR }, 13: { 4: PAIR }, 15: {} }),
  logs: around({ 5: ANY, 6: PAIR }),
  metrics: around({
    5: NUMBERS,
    7: NUMBERS,
    9: { 1: { 8: EXEMPLAR, 9: PAIR } },
    10: { 1: { 1: PAIR, 8: {}, 9: {}, 11: EXEMPLAR } },
    11: { 1: { 6: {}, 7: PAIR } },
  }),
}

/** A field of a message: its number and all of its bytes, with the tag. */
interface Piece {
  readonly field: number
  readonly bytes: Buffer
}

/**
 * The same message in other bytes: the fields of each message in another order, with unknown fields between them. Fields with the same
 * number keep their order.
 */
export function scrambled(body: Uint8Array, signal: keyof typeof SHAPES, chance: Chance): Buffer {
  return scrambledMessage(Buffer.from(body), SHAPES[signal], chance)
}

function scrambledMessage(bytes: Buffer, shape: Shape, chance: Chance): Buffer {
  const pieces: Piece[] = []
  let at = 0
  while (at < bytes.length) {
    const from = at
    const tag = varint(bytes, at)
    const field = tag.value >>> 3
    at = tag.end
    if ((tag.value & 7) !== 2) {
      at = (tag.value & 7) === 1 ? at + 8 : (tag.value & 7) === 5 ? at + 4 : varint(bytes, at).end
      pieces.push({ field, bytes: bytes.subarray(from, at) })
      continue
    }
    const length = varint(bytes, at)
    const content = bytes.subarray(length.end, length.end + length.value)
    const inner = shape[field]
    at = length.end + length.value
    pieces.push({
      field,
      bytes: delimited(field, inner === undefined ? content : scrambledMessage(content, inner, chance)),
    })
  }
  for (let count = chance.oneIn(8) ? 1 : 0; count > 0; count--)
    pieces.push({ field: 0, bytes: unknown(chance) })
  return Buffer.concat(shuffled(pieces, chance).map((piece) => piece.bytes))
}

/** Changes the order of neighbours with different fields, again and again. */
function shuffled(pieces: readonly Piece[], { oneIn }: Chance): Piece[] {
  const order = [...pieces]
  for (let round = 0; round < 3; round++)
    for (let index = 1; index < order.length; index++) {
      const [before, after] = [order[index - 1], order[index]]
      if (before === undefined || after === undefined || before.field === after.field || oneIn(2)) continue
      order[index - 1] = after
      order[index] = before
    }
  return order
}

/** An unknown field of each wire type, and a group. */
function unknown({ pick }: Chance): Buffer {
  return Buffer.from(
    pick([
      [0xa0, 0x1f, 0x96, 0x01],
      [0xa1, 0x1f, 1, 2, 3, 4, 5, 6, 7, 8],
      [0xa2, 0x1f, 3, 1, 2, 3],
      [0xa5, 0x1f, 1, 2, 3, 4],
      [0xa3, 0x1f, 0xab, 0x1f, 0x08, 1, 0xac, 0x1f, 0x12, 1, 0, 0xa4, 0x1f],
    ]),
  )
}

/** A field with a length. */
export function delimited(field: number, content: Uint8Array): Buffer {
  return Buffer.concat([varintOf((field << 3) | 2), varintOf(content.length), content])
}

/** A number below 2^31 as a varint. */
export function varintOf(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128)
  return Buffer.from([...bytes, rest])
}

/** Reads a varint. Only the lower 32 bits count. */
function varint(bytes: Buffer, from: number): { readonly value: number; readonly end: number } {
  let value = 0
  let at = from
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++] ?? 0
    if (shift < 32) value |= (byte & 127) << shift
    if (byte < 128) return { value: value >>> 0, end: at }
  }
}
