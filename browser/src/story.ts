import { sendTo } from './hub.ts'
import { sendLines, sendTrace } from './telemetry.ts'

/** An error of the made-up shop: a payment that failed. Times are milliseconds since 1970. */
export interface Event {
  readonly time: number
  readonly traceId: string
  readonly spanId: string
  /** Of its log line. */
  readonly cursor: string
  /** Of its error. */
  readonly type: string
  readonly fingerprint: string
}

/** A log record of the API. */
export interface Line {
  readonly cursor: string
  readonly time: string
  readonly traceId: string
  readonly spanId: string
  readonly attributes: Readonly<Record<string, unknown>>
}

/** Asks the API of a hub. */
export async function ask<T>(
  url: string,
  path: string,
  params: Readonly<Record<string, string>> = {},
): Promise<T> {
  const response = await fetch(`${url}${path}?${new URLSearchParams(params)}`)
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  // The tests know the API of the hub.
  return (await response.json()) as T
}

/** A payment that failed in the middle of the shop's incident. */
export async function eventOf(url: string): Promise<Event> {
  const type = 'QueryTimeoutError'
  const q = `service:payments level:error error:${type}`
  const { logs } = await ask<{ logs: readonly Line[] }>(url, '/api/logs', { q, limit: '500' })
  const line = logs[Math.floor(logs.length / 2)]
  const { errors } = await ask<{ errors: ReadonlyArray<{ type: string; fingerprint: string }> }>(
    url,
    '/api/errors',
    { service: 'payments' },
  )
  const fingerprint = errors.find((group) => group.type === type)?.fingerprint
  if (line === undefined || fingerprint === undefined) throw new Error('The shop has had no incident')
  const { cursor, traceId, spanId } = line
  return { time: Number(BigInt(line.time) / 1_000_000n), traceId, spanId, cursor, type, fingerprint }
}

/** What the hub says of payments between two times: the name of the slowest trace, and the cursor of the first error's line. */
export async function askedOf(
  url: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<{ readonly slowest: string | undefined; readonly firstError: string | undefined }> {
  const range = { from: String(from), to: String(to), limit: '500' }
  const { traces } = await ask<{ traces: ReadonlyArray<{ root: { name: string } }> }>(url, '/api/traces', {
    ...range,
    q: 'service:payments',
    order: 'slowest',
  })
  const { logs } = await ask<{ logs: readonly Line[] }>(url, '/api/logs', {
    ...range,
    q: 'service:payments level:error',
  })
  return { slowest: traces[0]?.root.name, firstError: logs.at(-1)?.cursor }
}

/** Sends a request of the shop's warehouse that has the ids that people paste. */
export async function sendRequest(
  url: string,
  ids: {
    readonly traceId: string
    readonly spanId: string
    readonly requestId: string
    readonly orderId: string
  },
): Promise<void> {
  const hub = { send: sendTo(url) }
  const now = Date.now()
  const process = { service: 'warehouse' }
  const attributes = { request_id: ids.requestId, 'order.id': ids.orderId }
  await sendTrace(hub, process, ids.traceId, now, [
    { id: ids.spanId, name: 'POST /warehouse', kind: 2, start: 0, duration: 20, attributes },
  ])
  await sendLines(hub, process, [{ at: now, body: 'order accepted', ...ids, attributes }])
}
