import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'

import type { Answer } from './answer.ts'
import type { Connections } from './connections.ts'
import type { FaultReporter } from './notices.ts'
import type { DeliverySettings } from './options.ts'
import type { Parcel } from './parcel.ts'
import { post } from './post.ts'
import { isTaken, redirectOf, type Verdict, verdictOf } from './verdict.ts'

/** A smaller body fits into one or two packets: compression would only cost time. */
const WORTH_COMPRESSING = 1_024
const LONGEST_CHAIN_OF_REDIRECTS = 3

/** Runs on libuv's thread pool, off the event loop. */
const compress = promisify(gzip)

/** The dependencies of an attempt. */
export interface AttemptSetup {
  readonly settings: DeliverySettings
  readonly connections: Connections
  readonly fault: FaultReporter
  /** Reads parcels that exist only on disk into memory. */
  load(parcels: readonly Parcel[]): Promise<void>
}

/** Sends parcels to the destination once. Never rejects. */
export async function attempt(
  parcels: readonly Parcel[],
  setup: AttemptSetup,
  signal: AbortSignal,
): Promise<Verdict> {
  try {
    await setup.load(parcels)
  } catch (error) {
    return { kind: 'retry', why: reasonOf(error) }
  }
  const items = parcels.flatMap((parcel) => parcel.items())
  // The files were damaged or gone.
  if (items.length === 0) return { kind: 'drop', reason: 'damaged' }
  let encoded: Uint8Array | string
  try {
    encoded = setup.settings.encode(items)
  } catch (error) {
    setup.fault(`encoding for ${setup.settings.destination}`, error)
    return { kind: 'drop', reason: 'not_encodable' }
  }
  try {
    const answer = await send(typeof encoded === 'string' ? Buffer.from(encoded) : encoded, setup, signal)
    if (!isTaken(answer)) return explained(verdictOf(answer), answer, setup)
    return { kind: 'delivered', ...rejectedOf(answer, parcels, setup) }
  } catch (error) {
    return { kind: 'retry', why: reasonOf(error) }
  }
}

/** Sends a body and follows redirects. */
async function send(
  plain: Uint8Array,
  { settings, connections }: AttemptSetup,
  signal: AbortSignal,
): Promise<Answer> {
  const isCompressed = settings.compress && plain.length >= WORTH_COMPRESSING
  const body = isCompressed ? await compress(plain, { level: constants.Z_BEST_SPEED }) : plain
  const headers = {
    'user-agent': 'sightline',
    ...settings.headers,
    'content-type': settings.type,
    'content-length': body.length,
    ...(isCompressed && { 'content-encoding': 'gzip' }),
  }
  let { url } = settings
  for (let redirects = 0; ; redirects++) {
    const answer = await post({ url, headers, body, timeout: settings.timeout, connections, signal })
    const next = redirectOf(answer, url)
    if (next === undefined || redirects === LONGEST_CHAIN_OF_REDIRECTS) return answer
    url = next
  }
}

/** Adds the destination's own explanation to a rejection. */
function explained(verdict: Verdict, answer: Answer, { settings, fault }: AttemptSetup): Verdict {
  if (verdict.kind !== 'drop') return verdict
  try {
    return { ...verdict, why: settings.explain?.(answer) }
  } catch (error) {
    fault(`reading the answer of ${settings.destination}`, error)
    return verdict
  }
}

/**
 * The number of rejected items in an accepted request. The value is bounded, since a destination may send any
 * number.
 */
function rejectedOf(
  answer: Answer,
  parcels: readonly Parcel[],
  { settings, fault }: AttemptSetup,
): { rejected: number; reason?: string | undefined } {
  const count = parcels.reduce((sum, parcel) => sum + parcel.count, 0)
  try {
    const { count: said = 0, reason } = settings.read?.(answer, count) ?? {}
    return { rejected: Math.min(count, Math.max(0, Math.trunc(said) || 0)), reason }
  } catch (error) {
    fault(`reading the answer of ${settings.destination}`, error)
    return { rejected: 0 }
  }
}

/** A short reason for the log. */
function reasonOf(error: unknown): string {
  // The error of a host with several addresses, all refused: their shared code is the reason.
  if (error instanceof AggregateError) return [...new Set(error.errors.map(reasonOf))].join(', ')
  return error instanceof Error ? error.message : String(error)
}
