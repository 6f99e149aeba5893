/** The fields of the access event, beside the record that they are taken from: one more field is one more entry here. */
import { isIP } from 'node:net'

import type { RequestRecord } from '../seam.ts'
import { hasFailed } from './failure.ts'

/** Reads a value out of a record. `null`: there is none. */
type Reading<V> = (record: RequestRecord) => V

/**
 * A value of the access event under one name. Its kind settles how it becomes text:
 * - `word`: a text of Sightline's own, without characters that JSON escapes;
 * - `number`;
 * - `path`: a text that is masked, new in each request;
 * - `few`: a text or number of which there are few different ones, and may be none: prepared as text;
 * - `text`: a text of the client's that many requests share, and that may be absent: masked, and prepared as text.
 */
export type AccessValue = { readonly name: string } & (
  | { readonly kind: 'word' | 'path'; readonly of: Reading<string> }
  | { readonly kind: 'number'; readonly of: Reading<number> }
  | { readonly kind: 'few'; readonly of: Reading<string | number | null> }
  | { readonly kind: 'text'; readonly of: Reading<string | null>; readonly shown?: (text: string) => unknown }
)

/** A field of the access event, under its name in Sightline's own layout and in the lines of an application's pino. */
export type AccessField = AccessValue & {
  /** Its places in Elastic Common Schema, as dotted paths: https://www.elastic.co/guide/en/ecs/8.10/index.html */
  readonly ecs: readonly AccessValue[]
  /** Its attributes in OpenTelemetry's log data model. Empty: the data model has a place of its own for it. */
  readonly otel: readonly AccessValue[]
}

/** All fields that each access event has besides `level`, `time`, `service` and `msg`, in their order. */
export const ACCESS_FIELDS: readonly AccessField[] = [
  field({ name: 'request_id', kind: 'word', of: ({ id }) => id }, { ecs: ['http.request.id'], otel: [] }),
  field(
    { name: 'trace_id', kind: 'word', of: ({ trace }) => trace.traceId },
    { ecs: ['trace.id'], otel: [] },
  ),
  field(
    { name: 'span_id', kind: 'word', of: ({ trace }) => trace.spanId },
    { ecs: ['span.id', 'transaction.id'], otel: [] },
  ),
  field(
    { name: 'method', kind: 'word', of: ({ method }) => method },
    { ecs: ['http.request.method'], otel: ['http.request.method'] },
  ),
  field({ name: 'path', kind: 'path', of: ({ path }) => path }, { ecs: ['url.path'], otel: ['url.path'] }),
  field(
    { name: 'route', kind: 'few', of: ({ route }) => route ?? null },
    { ecs: ['labels.route'], otel: ['http.route'] },
  ),
  field(
    { name: 'status', kind: 'few', of: ({ status }) => status ?? null },
    { ecs: ['http.response.status_code'], otel: ['http.response.status_code'] },
  ),
  field(
    { name: 'duration_ms', kind: 'number', of: ({ durationMs }) => Math.round(durationMs * 1_000) / 1_000 },
    {
      ecs: [
        // Nanoseconds.
        {
          name: 'event.duration',
          kind: 'number',
          of: ({ durationMs }) => Math.round(durationMs * 1_000_000),
        },
      ],
      otel: [
        {
          name: 'http.server.request.duration',
          kind: 'number',
          of: ({ durationMs }) => Math.round(durationMs * 1_000) / 1_000_000,
        },
      ],
    },
  ),
  field(
    { name: 'outcome', kind: 'word', of: ({ outcome }) => outcome },
    {
      ecs: ['labels.outcome', { name: 'event.outcome', kind: 'word', of: eventOutcome }],
      otel: ['outcome'],
    },
  ),
  field(
    { name: 'request_bytes', kind: 'number', of: ({ requestBytes }) => requestBytes },
    { ecs: ['http.request.body.bytes'], otel: ['http.request.body.size'] },
  ),
  field(
    { name: 'response_bytes', kind: 'number', of: ({ responseBytes }) => responseBytes },
    { ecs: ['http.response.body.bytes'], otel: ['http.response.body.size'] },
  ),
  field(
    { name: 'client_ip', kind: 'text', of: clientOf },
    { ecs: [{ name: 'client', kind: 'text', of: clientOf, shown: ecsClient }], otel: ['client.address'] },
  ),
  field(
    { name: 'user_agent', kind: 'text', of: ({ userAgent }) => userAgent ?? null },
    { ecs: ['user_agent.original'], otel: ['user_agent.original'] },
  ),
]

/** The names that any line of Sightline's own format may have. No field of the application's has one of these. */
export const LINE_NAMES: ReadonlySet<string> = new Set([
  'time',
  'level',
  'msg',
  'service',
  'request_id',
  'trace_id',
  'span_id',
])

/** The names of the access event, also those that only some events have. No field of a request has one of these. */
export const EVENT_NAMES: ReadonlySet<string> = new Set([
  ...LINE_NAMES,
  ...ACCESS_FIELDS.map(({ name }) => name),
  'debug_lines_lost',
  'sample_weight',
  'request_headers',
  'response_headers',
  'request_body',
  'response_body',
  'err',
])

/** Adds the places of a field. A name alone stands for the same value. */
function field(
  value: AccessValue,
  places: Readonly<Record<'ecs' | 'otel', ReadonlyArray<string | AccessValue>>>,
): AccessField {
  const placed = (all: ReadonlyArray<string | AccessValue>) =>
    all.map((place) => (typeof place === 'string' ? { ...value, name: place } : place))
  return { ...value, ecs: placed(places.ecs), otel: placed(places.otel) }
}

/** https://www.elastic.co/guide/en/ecs/8.10/ecs-allowed-values-event-outcome.html */
function eventOutcome(record: RequestRecord): 'success' | 'failure' | 'unknown' {
  if (hasFailed(record)) return 'failure'
  return record.outcome === 'aborted' ? 'unknown' : 'success'
}

function clientOf({ clientIp }: RequestRecord): string | null {
  return clientIp ?? null
}

/** A proxy may pass on a value that is no address: Elasticsearch would refuse the line for it. */
function ecsClient(client: string): object {
  return isIP(client) === 0 ? { address: client } : { address: client, ip: client }
}
