/** Exporters that hold request metrics for a number of routes, and answer `/metrics`. */
import { once } from 'node:events'
import { Agent, createServer, request, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

import { createSightline } from '@sightline/core'
import { hostOf } from '@sightline/core/adapter'

/** The exporters: Sightline, each Prometheus client, and Sightline combined with prom-client's registry. */
export const EXPORTERS = [
  'sightline',
  'prom-client',
  '@prometheus-io/client',
  'sightline with prom-client',
] as const

export type ExporterName = (typeof EXPORTERS)[number]

export interface Exporter {
  readonly port: number
  /** Counts one request to each route from `from` up to, but not including, `to`. */
  fill(from: number, to: number): Promise<void>
}

// Sightline's own boundaries: the comparison is about storing and writing series, not about their number.
const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
const SIZE_BUCKETS = [100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000]

/** Series per route: a counter, a histogram of durations and two of sizes. */
export const SERIES_OF_ROUTE = 1 + (DURATION_BUCKETS.length + 3) + 2 * (SIZE_BUCKETS.length + 3)

/** Parallel requests while an exporter is filled. */
const CONCURRENCY = 16

/** Starts an exporter on a free port. */
export async function startExporter(name: ExporterName): Promise<Exporter> {
  if (name === 'sightline') return startSightline()
  const client =
    name === '@prometheus-io/client' ? await import('@prometheus-io/client') : await import('prom-client')
  const { Registry } = client
  const registry = new Registry()
  const fill = fillerOf(client as typeof import('prom-client'), registry as import('prom-client').Registry)
  if (name === 'sightline with prom-client') {
    const { port } = await startSightline([registry as import('prom-client').Registry])
    return { port, fill }
  }
  const port = await listen((_req, res) => {
    registry.metrics().then(
      (text) => void res.setHeader('content-type', registry.contentType).end(text),
      (error: unknown) => void res.destroy(error instanceof Error ? error : new Error(String(error))),
    )
  })
  return { port, fill }
}

async function startSightline(registries: Array<import('prom-client').Registry> = []): Promise<Exporter> {
  const sightline = createSightline({
    service: 'bench',
    log: { access: false },
    metrics: { runtime: false, maxSeries: 1_000_000, registries },
  })
  const host = hostOf(sightline)
  const port = await listen((req, res) => {
    if (host.serve(req, res)) return
    const route = req.url
    const observation = host.observe({ req, res, route: () => route, clientIp: () => undefined })
    observation.run(() => res.end('ok'))
  })

  async function fill(from: number, to: number): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY })
    let next = from
    const caller = async () => {
      while (next < to) {
        const asked = request({ port, host: '127.0.0.1', path: routeOf(next++), agent }).end()
        const [response] = (await once(asked, 'response')) as [import('node:http').IncomingMessage]
        await once(response.resume(), 'end')
      }
    }
    await Promise.all(Array.from({ length: CONCURRENCY }, caller))
    agent.destroy()
  }
  return { port, fill }
}

/** Creates the same instruments in a Prometheus client. Both clients have the same API. */
function fillerOf(
  { Counter, Histogram }: typeof import('prom-client'),
  registry: import('prom-client').Registry,
) {
  const registers = [registry]
  const labelNames = ['method', 'route'] as const
  const histogram = (name: string, buckets: number[]) =>
    new Histogram({ name, help: name, labelNames, buckets, registers })
  const requests = new Counter({
    name: 'client_requests_total',
    help: 'client_requests_total',
    labelNames: [...labelNames, 'status'],
    registers,
  })
  const durations = histogram('client_request_duration_seconds', DURATION_BUCKETS)
  const requestSizes = histogram('client_request_size_bytes', SIZE_BUCKETS)
  const responseSizes = histogram('client_response_size_bytes', SIZE_BUCKETS)

  return async (from: number, to: number) => {
    for (let i = from; i < to; i++) {
      const labels = { method: 'GET', route: routeOf(i) }
      requests.inc({ ...labels, status: 200 })
      durations.observe(labels, 0.003)
      requestSizes.observe(labels, 0)
      responseSizes.observe(labels, 2)
    }
  }
}

function routeOf(i: number): string {
  return `/api/shelf-${i}/orders/:id`
}

async function listen(listener: RequestListener): Promise<number> {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
