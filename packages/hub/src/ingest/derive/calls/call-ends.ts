import type { SpanColumns } from '@sightline/otlp'

import type { Attributes } from '../attributes.ts'
import { CALL, type CallColumns } from '../deltas.ts'

/** Attributes that tell what a client calls, of the stable conventions and of older ones. */
export const PEER_ATTRIBUTES = [
  'peer.service',
  'db.system.name',
  'db.system',
  'messaging.system',
  'server.address',
  'server.port',
  'net.peer.name',
  'net.peer.port',
] as const

type PeerAttributes = Attributes<(typeof PEER_ATTRIBUTES)[number]>

const SERVER = 2
const CLIENT = 3
const PRODUCER = 4
const CONSUMER = 5
const ERROR = 2
const KEY_BYTES = 24
/** Ends between two deltas. */
const MAX_ENDS = 100_000

/** What a span is an end of, besides what its columns say. */
export interface EndingSpan {
  readonly job: string
  readonly seconds: number
  readonly weight: number
}

/** Collects the ends of calls between two deltas. */
export class CallEnds {
  #count = 0
  #keys = new Uint8Array(0)
  #flags = new Uint8Array(0)
  #jobs = new Uint32Array(0)
  #peers = new Uint32Array(0)
  #seconds = new Float64Array(0)
  #weights = new Float64Array(0)
  #strings = new Map<string, number>([['', 0]])
  #dropped = 0

  /**
   * Adds a span, where it is the end of a call: of a client, with its own id, or of a server, with the id of its parent.
   *
   * @param attributes begun with the strings of the columns
   */
  add(columns: SpanColumns, row: number, span: EndingSpan, attributes: PeerAttributes): void {
    const kind = columns.kinds[row]
    const isServer = kind === SERVER || kind === CONSUMER
    if (!isServer && kind !== CLIENT && kind !== PRODUCER) return
    if (isServer && isZeroId(columns.parentIds, row)) return
    if (this.#count >= MAX_ENDS) {
      this.#dropped++
      return
    }
    this.#grow()
    const at = this.#count++
    const ids = isServer ? columns.parentIds : columns.spanIds
    for (let byte = 0; byte < 16; byte++)
      this.#keys[KEY_BYTES * at + byte] = columns.traceIds[16 * row + byte] ?? 0
    for (let byte = 0; byte < 8; byte++) this.#keys[KEY_BYTES * at + 16 + byte] = ids[8 * row + byte] ?? 0
    let flags = isServer ? CALL.server : 0
    if (columns.statusCodes[row] === ERROR) flags |= CALL.failed
    this.#jobs[at] = this.#indexOf(span.job)
    this.#seconds[at] = span.seconds
    this.#weights[at] = span.weight
    this.#peers[at] = 0
    if (!isServer) {
      attributes.read(columns.attributes, row)
      const database = attributes.text('db.system.name') || attributes.text('db.system')
      if (database !== '') flags |= CALL.final
      this.#peers[at] = this.#indexOf(peerOf(attributes, database))
    }
    this.#flags[at] = flags
  }

  /** The ends since the last call, and how many were left out. */
  take(): { readonly calls: CallColumns; readonly dropped: number } {
    const count = this.#count
    const calls: CallColumns = {
      count,
      keys: this.#keys.slice(0, KEY_BYTES * count),
      flags: this.#flags.slice(0, count),
      jobs: this.#jobs.slice(0, count),
      peers: this.#peers.slice(0, count),
      seconds: this.#seconds.slice(0, count),
      weights: this.#weights.slice(0, count),
      strings: [...this.#strings.keys()],
    }
    const dropped = this.#dropped
    this.#count = 0
    this.#dropped = 0
    this.#strings = new Map([['', 0]])
    return { calls, dropped }
  }

  #indexOf(text: string): number {
    const known = this.#strings.get(text)
    if (known !== undefined) return known
    this.#strings.set(text, this.#strings.size)
    return this.#strings.size - 1
  }

  #grow(): void {
    if (this.#count < this.#flags.length) return
    const size = Math.max(256, 2 * this.#count)
    this.#keys = grown(this.#keys, new Uint8Array(KEY_BYTES * size))
    this.#flags = grown(this.#flags, new Uint8Array(size))
    this.#jobs = grown(this.#jobs, new Uint32Array(size))
    this.#peers = grown(this.#peers, new Uint32Array(size))
    this.#seconds = grown(this.#seconds, new Float64Array(size))
    this.#weights = grown(this.#weights, new Float64Array(size))
  }
}

function grown<T extends Uint8Array | Uint32Array | Float64Array>(before: T, after: T): T {
  after.set(before)
  return after
}

/** The name of what a client calls: `payments`, `postgresql db.internal:5432`, `api.example.com`. */
function peerOf(attributes: PeerAttributes, database: string): string {
  const service = attributes.text('peer.service')
  if (service !== '') return service
  const system = database || attributes.text('messaging.system')
  const host = attributes.text('server.address') || attributes.text('net.peer.name')
  const port = attributes.text('server.port') || attributes.text('net.peer.port')
  const address = host === '' || port === '' || port === '80' || port === '443' ? host : `${host}:${port}`
  return system === '' || address === '' ? system || address : `${system} ${address}`
}

/** Whether the id of a span is missing. */
export function isZeroId(spanIds: Uint8Array, row: number): boolean {
  for (let at = 8 * row; at < 8 * row + 8; at++) if (spanIds[at] !== 0) return false
  return true
}
