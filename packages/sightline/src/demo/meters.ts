import { type Business, type BusinessEvent, createBusiness } from './business.ts'
import { type ServiceName, UPDATED } from './incident.ts'
import { keyValues, nanoseconds, type Scope } from './otlp.ts'
import { type Counts, noCounts, observe, readingAt } from './points.ts'
import { checkMetrics, hostMetrics, processMetrics } from './resources.ts'

/** A request that has ended. */
export interface Served {
  readonly method: string
  readonly route: string
  readonly status: number
  readonly errorType: string | undefined
  readonly seconds: number
  readonly traceId: string
  readonly spanId: string
  /** Milliseconds since 1970. */
  readonly at: number
}

/** How the shop is at a time. */
interface Weather {
  /** From 0 to 1: how bad the incident is. */
  readonly severity: number
  /** From 0 to 1: how many customers there are. */
  readonly busyness: number
}

/** The metrics of a process, counted from its start. */
export interface Meters {
  served(request: Served): void
  happened(event: BusinessEvent): void
  /** All metrics at a time, as OTLP has them in JSON, with what created them. */
  metrics(at: number, weather: Weather): ReadonlyArray<readonly [scope: Scope, metric: object]>
}

/** As OpenTelemetry's conventions advise: https://opentelemetry.io/docs/specs/semconv/http/http-metrics/ */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

interface Durations extends Counts {
  /** The newest request of each bucket since the last reading. */
  readonly exemplars: Map<number, Served>
}

/** Creates the metrics of a process. `since` is its start, in milliseconds since 1970. */
export function createMeters({
  service,
  number,
  since,
}: {
  service: ServiceName
  number: number
  since: number
}): Meters {
  const durations = new Map<string, Durations>()
  const business: Business = createBusiness(service, number)
  let busySeconds = 0

  function durationsOf({ method, route, status, errorType }: Served): Durations {
    const key = [method, route, status, errorType].join(' ')
    let found = durations.get(key)
    if (found === undefined) {
      const attributes = keyValues({
        'http.request.method': method,
        'http.route': route,
        'http.response.status_code': status,
        'url.scheme': 'http',
        ...(errorType !== undefined && { 'error.type': errorType }),
      })
      found = { ...noCounts(attributes, BOUNDS), exemplars: new Map() }
      durations.set(key, found)
    }
    return found
  }

  function exemplarsOf({ exemplars }: Durations): readonly object[] {
    const found = Array.from(exemplars.values(), ({ seconds, traceId, spanId, at }) => ({
      timeUnixNano: nanoseconds(at),
      asDouble: seconds,
      traceId,
      spanId,
    }))
    exemplars.clear()
    return found
  }

  return {
    served(request) {
      const counts = durationsOf(request)
      counts.exemplars.set(observe(counts, BOUNDS, request.seconds), request)
      busySeconds += 0.004
    },
    happened: business.count,
    metrics(at, { severity, busyness }) {
      const reading = readingAt(at, since)
      const ageSeconds = (at - since) / 1_000
      const waiting = service === 'payments' && number === UPDATED ? severity : 0
      const load = { ageSeconds, busySeconds, waiting, busyness }
      const requests = reading.histogram(
        {
          name: 'http.server.request.duration',
          unit: 's',
          description: 'Duration of HTTP server requests.',
        },
        BOUNDS,
        Array.from(durations.values()),
        exemplarsOf,
      )
      const own = [
        requests,
        ...processMetrics(reading, load),
        ...checkMetrics(reading, load),
        ...hostMetrics(reading, load),
      ]
      return [
        ...own.map((metric) => ['@sightline/otel', metric] as const),
        ...business.metrics(reading, load).map((metric) => ['shop', metric] as const),
      ]
    },
  }
}
