import type { IncomingMessage, ServerResponse } from 'node:http'

import { writeResponse, writeRpcStatus } from '@sightline/otlp'

import type { Ingest, Signal } from '../ingest/ingest.ts'
import { type PlainRefusal, Refusal } from '../ingest/refusal.ts'
import { discard, readBody } from '../serve/body.ts'
import { reply } from '../serve/replies.ts'
import type { Target } from '../serve/target.ts'
import type { Admission } from './admission.ts'
import type { Cors } from './cors.ts'
import { encodingOf, isGzip, MEDIA_TYPES, type OtlpEncoding } from './form.ts'
import { rpcCodeOf } from './rpc-codes.ts'

/** Counts of requests, for the hub's own metrics. */
interface ReceiverCounts {
  /** A body was read. */
  received(signal: Signal, bytes: number): void
  /** A request was not stored. */
  refused(signal: Signal, refusal: PlainRefusal): void
  /** Items of a stored request were not stored. */
  rejected(signal: Signal, items: number): void
  /** A request was stored, in this time from its head to its answer. */
  answered(signal: Signal, seconds: number): void
}

export interface ReceiverSetup {
  readonly ingest: Ingest
  readonly admission: Admission
  readonly cors: Cors
  readonly mayIngest: (req: IncomingMessage) => boolean
  /** Is told of each request. */
  readonly counts: ReceiverCounts
  readonly failed: (error: unknown) => void
  /** Bytes of a body. Default: 64 MiB. */
  readonly maxBytes?: number
  /** A request that would wait longer is refused, in milliseconds. Default: 2000. */
  readonly maxWaitMs?: number
}

const SIGNALS: Readonly<Record<string, Signal>> = {
  '/v1/traces': 'traces',
  '/v1/metrics': 'metrics',
  '/v1/logs': 'logs',
}
/** https://opentelemetry.io/docs/specs/otlp/#maximum-body-size has no figure; the hub's is this. */
const LONGEST_BODY = 64 * 1_024 * 1_024
const LONGEST_WAIT_MS = 2_000

/** A request of which the head has been accepted. */
interface Accepted {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly signal: Signal
  readonly encoding: OtlpEncoding
  readonly gzip: boolean
}

/**
 * Creates the receiver of OTLP over HTTP: https://opentelemetry.io/docs/specs/otlp/#otlphttp. A request is answered with 200
 * when its items are durable.
 */
export function createReceiver(
  setup: ReceiverSetup,
): (req: IncomingMessage, res: ServerResponse, target: Target) => Promise<void> {
  const { cors, mayIngest } = setup
  return async (req, res, { path }) => {
    const encoding = encodingOf(req)
    const refuse = (status: number, message: string, headers?: Readonly<Record<string, string>>) => {
      discard(req)
      sayStatus(res, encoding ?? 'json', status, message, headers)
    }
    const signal = Object.hasOwn(SIGNALS, path) ? SIGNALS[path] : undefined
    if (signal === undefined) return refuse(404, 'This hub receives /v1/traces, /v1/metrics and /v1/logs.')
    if (!cors.allow(req, res)) return refuse(403, 'Pages of this origin may not send to the hub.')
    if (req.method === 'OPTIONS' && req.headers.origin !== undefined) return cors.preflight(req, res)
    if (req.method !== 'POST') return refuse(405, 'Telemetry is sent by POST.', { allow: 'POST' })
    if (!mayIngest(req))
      return refuse(401, 'This hub needs its token: Authorization: Bearer <token>.', {
        'www-authenticate': 'Bearer',
      })
    if (encoding === undefined)
      return refuse(415, 'The content type must be application/x-protobuf or application/json.', {
        accept: 'application/x-protobuf, application/json',
      })
    const gzip = isGzip(req)
    if (gzip === undefined)
      return refuse(415, 'The content encoding must be identity or gzip.', {
        'accept-encoding': 'gzip, identity',
      })
    return receive(setup, { req, res, signal, encoding, gzip })
  }
}

async function receive(setup: ReceiverSetup, accepted: Accepted): Promise<void> {
  const { res, signal, encoding } = accepted
  const begun = performance.now()
  try {
    const stored = await store(setup, accepted)
    if (stored === undefined) return
    reply(res, 200, MEDIA_TYPES[encoding], writeResponse(signal, encoding, stored))
    if (stored.rejected > 0) setup.counts.rejected(signal, stored.rejected)
    setup.counts.answered(signal, (performance.now() - begun) / 1_000)
  } catch (error) {
    if (!(error instanceof Refusal)) setup.failed(error)
    const refusal: PlainRefusal =
      error instanceof Refusal
        ? error
        : { status: 500, reason: 'internal', message: 'The hub failed to store this request.' }
    setup.counts.refused(signal, refusal)
    const { status, message, retryAfter } = refusal
    sayStatus(
      res,
      encoding,
      status,
      message,
      retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
    )
  }
}

/** Reads and stores a body. `undefined`: the client went away first. */
async function store(setup: ReceiverSetup, { req, signal, encoding, gzip }: Accepted) {
  const { ingest, admission, counts, maxBytes = LONGEST_BODY, maxWaitMs = LONGEST_WAIT_MS } = setup
  const waitMs = ingest.waitMs(signal)
  if (waitMs > maxWaitMs) {
    discard(req)
    throw new Refusal({
      status: 503,
      reason: 'overload',
      message: 'The hub receives more than it can store.',
      retryAfter: Math.ceil(waitMs / 1_000),
    })
  }
  const lease = admission.open(req.socket.remoteAddress ?? '')
  try {
    let refusal: Refusal | undefined
    const result = await readBody(req, {
      maxBytes,
      more: (bytes) => (refusal = lease.grow(bytes)) === undefined,
    })
    if (refusal !== undefined) throw refusal
    if (result.kind === 'aborted') return undefined
    if (result.kind !== 'complete')
      throw new Refusal({
        status: 413,
        reason: 'too_large',
        message: `A body may have at most ${maxBytes} bytes.`,
      })
    counts.received(signal, result.body.length)
    return await ingest.take(signal, result.body, { encoding, gzip })
  } finally {
    lease.release()
  }
}

function sayStatus(
  res: ServerResponse,
  encoding: OtlpEncoding,
  status: number,
  message: string,
  headers?: Readonly<Record<string, string>>,
): void {
  reply(
    res,
    status,
    MEDIA_TYPES[encoding],
    writeRpcStatus(encoding, { code: rpcCodeOf(status), message }),
    headers,
  )
}
