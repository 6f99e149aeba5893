import { type ServiceName, SERVICES } from './services.ts'

/** What the hub knows of a service. */
export interface HubCounts {
  readonly requests: number
  /** Requests with a status of 500 or more. */
  readonly failed: number
  /** Requests whose client left first. */
  readonly aborted: number
  /** Log records that are access events. `undefined` where there are too many to be counted in time. */
  readonly accessEvents: number | undefined
  /** SERVER spans of the last checkout. */
  readonly checkoutSpans: number
}

const ANSWER_WITHIN_MS = 10_000
/** https://opentelemetry.io/docs/specs/otel/trace/api/#spankind */
const SERVER = 2
const ACCESS_EVENTS = '("request completed" OR "request failed" OR "request aborted")'

/**
 * Asks the hub for its counts of each service.
 *
 * @param since when the demo started, in milliseconds since 1970
 */
export async function readHub(
  url: string,
  { since, traceId }: { readonly since: number; readonly traceId: string | undefined },
): Promise<Record<ServiceName, HubCounts>> {
  const [requests, failed, aborted, spans, ...events] = await Promise.all([
    sumByService(url, 'http_server_requests_total', since),
    sumByService(url, 'http_server_requests_total{http_response_status_code=~"5.."}', since),
    sumByService(url, 'http_server_requests_aborted_total', since),
    serverSpans(url, traceId),
    ...SERVICES.map((service) => accessEvents(url, service, since)),
  ])
  const counts = SERVICES.map((service, index) => [
    service,
    {
      requests: requests.get(service) ?? 0,
      failed: failed.get(service) ?? 0,
      aborted: aborted.get(service) ?? 0,
      accessEvents: events[index],
      checkoutSpans: spans.filter((name) => name === service).length,
    } satisfies HubCounts,
  ])
  // All names are set.
  return Object.fromEntries(counts) as Record<ServiceName, HubCounts>
}

/** Counters summed by service, those of processes that have ended since included. */
async function sumByService(
  url: string,
  selector: string,
  since: number,
): Promise<ReadonlyMap<string, number>> {
  const seconds = Math.ceil((Date.now() - since) / 1_000)
  const query = encodeURIComponent(`sum by (job) (last_over_time(${selector}[${seconds}s]))`)
  // The shape of Prometheus' HTTP API.
  const { data } = (await answer(`${url}/api/v1/query?query=${query}`)) as {
    data: { result: ReadonlyArray<{ metric: { job?: string }; value: [number, string] }> }
  }
  return new Map(data.result.map(({ metric, value }) => [metric.job ?? '', Number(value[1])]))
}

async function accessEvents(url: string, service: ServiceName, since: number): Promise<number | undefined> {
  const query = encodeURIComponent(`service:${service} ${ACCESS_EVENTS}`)
  // The shape of the hub's API.
  const { levels, complete } = (await answer(
    `${url}/api/logs/histogram?q=${query}&from=${since}&buckets=1`,
  )) as {
    levels: Readonly<Record<string, readonly number[]>>
    complete: boolean
  }
  if (!complete) return undefined
  return Object.values(levels)
    .flat()
    .reduce((sum, count) => sum + count, 0)
}

/** The service of each SERVER span of a trace. */
async function serverSpans(url: string, traceId: string | undefined): Promise<readonly string[]> {
  if (traceId === undefined) return []
  // The shape of OTLP in JSON.
  const { resourceSpans } = (await answer(`${url}/api/traces/${traceId}?logs=0`)) as {
    resourceSpans: ReadonlyArray<{
      resource: { attributes: ReadonlyArray<{ key: string; value: { stringValue?: string } }> }
      scopeSpans: ReadonlyArray<{ spans: ReadonlyArray<{ kind: number }> }>
    }>
  }
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const name = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? ''
    return scopeSpans.flatMap(({ spans }) => spans.filter(({ kind }) => kind === SERVER).map(() => name))
  })
}

/** A trace that has not arrived yet is an answer without spans. */
async function answer(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })
  if (response.status === 404) {
    await response.arrayBuffer()
    return { resourceSpans: [] }
  }
  if (!response.ok) throw new Error(`The hub answered ${response.status}: ${await response.text()}`)
  return response.json()
}
