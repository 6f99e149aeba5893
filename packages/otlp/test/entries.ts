import { decodeJson, decodeProtobuf, entriesOf, type Message } from '@sightline/servers/otlp'

import { createBatchEncoder, type Signal } from '../src/batch.ts'
import type { Attributes } from '../src/values.ts'
import type { Encoding } from '../src/writer.ts'

export const TRACE = '0af7651916cd43dd8448eb211c80319c'
export const SPAN = 'b7ad6b7169203331'
export const SCOPE = { name: '@sightline/core', version: '1.2.3' }
export const RESOURCE: Attributes = { 'service.name': 'orders', 'process.pid': 7 }

export const ENCODINGS: readonly Encoding[] = ['protobuf', 'json']

/** Decodes a batch of these entries with the official definitions. */
export function decoded(signal: Signal, encoding: Encoding, entries: readonly Uint8Array[]): Message {
  const { body, type } = createBatchEncoder({ signal, encoding, resource: RESOURCE })(entries)
  return type === 'application/json' ? decodeJson(signal, body) : decodeProtobuf(signal, body)
}

/** Decodes one entry with the official definitions. */
export function decodedEntry(signal: Signal, encoding: Encoding, entry: Uint8Array): Message {
  const [only, ...others] = entriesOf(signal, decoded(signal, encoding, [entry]))
  if (only === undefined || others.length > 0) throw new Error(`One entry became ${others.length + 1}.`)
  return only.entry
}

/** Pseudo-random numbers between 0 and 1, the same in every run. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
