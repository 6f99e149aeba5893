import { createBatchEncoder, createLogEncoder, type LogRecord } from '@sightline/otlp'

import type { Body, Timeline } from './body.ts'
import { Random } from './random.ts'
import { edges, type Instance, SCOPE } from './services.ts'
import { instance, traceIdOf } from './spans.ts'

/** Two words that nearly all log records have. */
export const COMMON_WORDS = 'request completed'

const RECORDS_OF_TRACE = 2
/** The seed of log records differs from that of spans, whose ids must not be those of orders. */
const LOG_SEED = 0x1065

/** A word that only the log record with this number has. */
export function orderOf(seed: number, record: number): string {
  return `ord${new Random(seed ^ LOG_SEED, record).hex(16)}`
}

/** Creates export requests of log records with a message of about 100 bytes and 6 attributes. */
export function createLogBodies({ seed, from, stepMs }: Timeline, items: number): (index: number) => Body {
  const encode = createLogEncoder()
  const batches = new Map<Instance, ReturnType<typeof createBatchEncoder>>()
  return (index) => {
    const sender = instance(edges, index)
    const first = index * items
    const entries = Array.from({ length: items }, (_, i) =>
      encode(logOf(seed, first + i, from + (first + i) * stepMs, sender), SCOPE),
    )
    let batch = batches.get(sender)
    if (batch === undefined)
      batches.set(sender, (batch = createBatchEncoder({ signal: 'logs', resource: sender.resource })))
    return { body: batch(entries).body, items }
  }
}

/** The text of a log record. */
export function messageOf(seed: number, record: number): string {
  const random = new Random(seed ^ LOG_SEED, record)
  const order = `ord${random.hex(16)}`
  const ms = random.below(10_000)
  const kind = random.next()
  if (kind < 0.03)
    return `request failed for order ${order}: the payment provider has not answered within ${ms} ms`
  if (kind < 0.1)
    return `slow query for order ${order} took ${ms} ms, more than the limit of 1000 ms for this route`
  return `${COMMON_WORDS} for order ${order} of customer ${random.below(100_000)}: ${random.below(20)} items stored in ${ms} ms`
}

function logOf(seed: number, record: number, time: number, { routes }: Instance): LogRecord {
  const body = messageOf(seed, record)
  const random = new Random(~seed, record)
  const [severityNumber, severityText] = body.startsWith('request failed')
    ? ([17, 'error'] as const)
    : body.startsWith('slow')
      ? ([13, 'warn'] as const)
      : ([9, 'info'] as const)
  return {
    time,
    observedTime: time,
    severityNumber,
    severityText,
    body,
    attributes: {
      'http.request.method': random.one(['GET', 'GET', 'GET', 'POST', 'PUT']),
      'http.route': random.one(routes),
      'http.response.status_code': severityNumber === 17 ? 502 : 200,
      'request.id': random.hex(32),
      'user.id': `u${random.below(100_000)}`,
      duration: Math.round(random.next() * 1e6) / 1e3,
    },
    traceId: traceIdOf(seed, Math.floor(record / RECORDS_OF_TRACE)),
    spanId: random.hex(16),
    traceFlags: 1,
  }
}
