/**
 * What metrics are called over there. Those of requests get the names of OpenTelemetry's conventions, under either naming;
 * of all others the suffixes that Prometheus wants are taken off, which Prometheus' own OTLP receiver puts on again.
 * https://opentelemetry.io/docs/specs/semconv/http/http-metrics/
 */

/** A name and a unit of UCUM. */
export interface MetricName {
  readonly name: string
  readonly unit: string
  /** It may fall as well as rise, and still be added up. */
  readonly updown?: true
}

const DURATION: MetricName = { name: 'http.server.request.duration', unit: 's' }
const ACTIVE: MetricName = { name: 'http.server.active_requests', unit: '{request}', updown: true }
const REQUEST_SIZE: MetricName = { name: 'http.server.request.body.size', unit: 'By' }
const RESPONSE_SIZE: MetricName = { name: 'http.server.response.body.size', unit: 'By' }

const NAMES: Readonly<Record<string, MetricName>> = {
  http_request_duration_seconds: DURATION,
  http_server_request_duration_seconds: DURATION,
  http_requests_in_progress: ACTIVE,
  http_server_active_requests: ACTIVE,
  http_request_size_bytes: REQUEST_SIZE,
  http_server_request_body_size_bytes: REQUEST_SIZE,
  http_response_size_bytes: RESPONSE_SIZE,
  http_server_response_body_size_bytes: RESPONSE_SIZE,
  http_requests: { name: 'http.server.requests', unit: '{request}' },
  http_requests_aborted: { name: 'http.server.requests.aborted', unit: '{request}' },
  http_stream_duration_seconds: { name: 'http.server.stream.duration', unit: 's' },
  http_client_request_duration_seconds: { name: 'http.client.request.duration', unit: 's' },
  db_client_connection_count: { name: 'db.client.connection.count', unit: '{connection}', updown: true },
  db_client_connection_max: { name: 'db.client.connection.max', unit: '{connection}', updown: true },
  db_client_connection_pending_requests: {
    name: 'db.client.connection.pending_requests',
    unit: '{request}',
    updown: true,
  },
  process_cpu_seconds: { name: 'process.cpu.time', unit: 's' },
  process_resident_memory_bytes: { name: 'process.memory.usage', unit: 'By', updown: true },
  process_virtual_memory_bytes: { name: 'process.memory.virtual', unit: 'By', updown: true },
  nodejs_eventloop_utilization_ratio: { name: 'nodejs.eventloop.utilization', unit: '1' },
}

const LABELS: Readonly<Record<string, string>> = {
  method: 'http.request.method',
  route: 'http.route',
  status: 'http.response.status_code',
  http_request_method: 'http.request.method',
  http_route: 'http.route',
  http_response_status_code: 'http.response.status_code',
  error_type: 'error.type',
  url_scheme: 'url.scheme',
  host: 'server.address',
  server_address: 'server.address',
  server_port: 'server.port',
  state: 'db.client.connection.state',
  pool: 'db.client.connection.pool.name',
  db_client_connection_state: 'db.client.connection.state',
  db_client_connection_pool_name: 'db.client.connection.pool.name',
}

/** What is a number over there, and a text in labels. */
const NUMBERS = new Set(['http.response.status_code', 'server.port'])

const UNITS: ReadonlyArray<readonly [suffix: string, unit: string]> = [
  ['_seconds', 's'],
  ['_milliseconds', 'ms'],
  ['_bytes', 'By'],
  ['_ratio', '1'],
]

/** @param name as OpenMetrics has it: a counter without its `_total` */
export function metricNameOf(name: string): MetricName {
  const known = NAMES[name]
  if (known) return known
  const base = name.replace(/_total$/, '')
  const [suffix, unit] = UNITS.find(([each]) => base.endsWith(each)) ?? ['', '']
  return { name: base.slice(0, base.length - suffix.length), unit }
}

/** Whether a metric is one of the conventions for requests and connections, whose labels have names of their own. */
export function isConventional({ name }: MetricName): boolean {
  return /^(?:http\.(?:server|client)|db\.client)\./.test(name)
}

/** The labels of such a series by the conventions: what says nothing is left out. */
export function conventionalAttributes(
  labels: Readonly<Record<string, string>>,
): Record<string, string | number> {
  const attributes: Record<string, string | number> = {}
  for (const [label, value] of Object.entries(labels)) {
    const name = LABELS[label] ?? label
    // An empty error type is none; a route that did not match is none.
    if (value === '' || (name === 'http.route' && value === 'unmatched')) continue
    if (label === 'host') Object.assign(attributes, addressAttributes(value))
    // A request without an answer has what went wrong in the place of a status.
    else if (label === 'status' && !/^\d{3}$/.test(value)) attributes['error.type'] = value
    else attributes[name] = NUMBERS.has(name) && /^\d+$/.test(value) ? Number(value) : value
  }
  return attributes
}

/** `localhost:3000` */
function addressAttributes(host: string): Record<string, string | number> {
  const [, address = host, port] = /^(.*):(\d{1,5})$/.exec(host) ?? []
  return { 'server.address': address, ...(port !== undefined && { 'server.port': Number(port) }) }
}
