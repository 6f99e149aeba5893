import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'

import type { Answer } from './answer.ts'
import type { Connections } from './connections.ts'
import type { FaultReporter } from './notices.ts'
import type { DeliverySettings } from './options.ts'
import type { Parcel } from './parcel.ts'
import { post } from './post.ts'
import { isTaken, redirectOf, type Verdict, verdictOf } from './verdict.ts'

/** Below this a body fits into one packet or two: compressing it would only cost. */
const WORTH_COMPRESSING = 1_024
const LONGEST_CHAIN_OF_REDIRECTS = 3

/** On node's threads, so that the event loop never waits for it. */
const compress = promisify(gzip)

/** What an attempt needs beside what it is to deliver. */
export interface AttemptSetup {
  readonly settings: DeliverySettings
  readonly connections: Connections
  readonly fault: FaultReporter
  /** Brings into memory what lies on disk only. */
  load(parcels: readonly Parcel[]): Promise<void>
}

/** Tries once to deliver parcels. Never rejects. */
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
  // Nothing is left of what lay on disk.
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

/** Sends a body, to where the destination redirects it. */
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

/** Adds to a refusal what the destination says of it. */
function explained(verdict: Verdict, answer: Answer, { settings, fault }: AttemptSetup): Verdict {
  if (verdict.kind !== 'drop') return verdict
  try {
    return { ...verdict, why: settings.explain?.(answer) }
  } catch (error) {
    fault(`reading the answer of ${settings.destination}`, error)
    return verdict
  }
}

/** How many the destination says it has refused of what it has taken. It may say anything. */
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

/** In few words, for the log. */
function reasonOf(error: unknown): string {
  // A host of several addresses that all refuse: what they have in common is the code.
  if (error instanceof AggregateError) return [...new Set(error.errors.map(reasonOf))].join(', ')
  return error instanceof Error ? error.message : String(error)
}
