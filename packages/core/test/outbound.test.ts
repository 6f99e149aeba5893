import { once } from 'node:events'
import { createServer as createHttpServer, get, request } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'

import { afterEach, beforeEach, expect, it } from '@jest/globals'

import type { Sightline } from '../src/index.ts'
import { quiet, type Served, served } from './probe.ts'

let sightline: Sightline
let other: Served
let host: string
/** Called once a request for what is slow has arrived. */
let arrived: () => void

beforeEach(async () => {
  sightline = quiet({ metrics: { host: false, runtime: false, maxSeries: 4 } })
  arrived = () => {}
  other = await served((req, res) => {
    if (req.url === '/slow') arrived()
    else res.writeHead(Number(req.url?.slice(1)) || 200).end('ok')
  })
  host = new URL(other.url).host
})
afterEach(async () => {
  other.close()
  await sightline.close()
})

/** How many calls were counted, by their labels. */
async function counted(of = sightline): Promise<Record<string, number>> {
  const prefix = 'http_client_request_duration_seconds_count'
  const lines = (await of.metrics.text()).split('\n').filter((line) => line.startsWith(`${prefix}{`))
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.lastIndexOf(' ')
      return [line.slice(prefix.length + 1, at - 1), Number(line.slice(at + 1))]
    }),
  )
}

async function byHttp(path: string): Promise<void> {
  const [response] = (await once(get(other.url + path), 'response')) as [import('node:http').IncomingMessage]
  await once(response.resume(), 'end')
}

/** A port on which nobody listens any more. */
async function deadPort(): Promise<number> {
  const server: Server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

it('measures what is asked by fetch and by node:http, by host and status', async () => {
  await (await other.get('/')).text()
  await (await other.get('/404')).text()
  await byHttp('/')
  await byHttp('/503')
  expect(await counted()).toEqual({
    [`method="GET",host="${host}",status="200"`]: 2,
    [`method="GET",host="${host}",status="404"`]: 1,
    [`method="GET",host="${host}",status="503"`]: 1,
  })
})

it('counts a call without an answer under what went wrong', async () => {
  const port = await deadPort()
  const url = `http://127.0.0.1:${port}/`
  await expect(fetch(url)).rejects.toThrow('fetch failed')
  await expect(once(get(url), 'response')).rejects.toThrow('ECONNREFUSED')
  const leaving = new AbortController()
  arrived = () => leaving.abort()
  await expect(other.get('/slow', { signal: leaving.signal })).rejects.toThrow('aborted')
  // A signal of its own could come before the request has left.
  const timeout = AbortSignal.timeout(1)
  await once(timeout, 'abort')
  const late = new AbortController()
  arrived = () => late.abort(timeout.reason)
  await expect(other.get('/slow', { signal: late.signal })).rejects.toThrow('timeout')
  arrived = () => {}
  const destroyed = request(`${other.url}/slow`).end()
  destroyed.on('socket', () => destroyed.destroy())
  await expect(once(destroyed, 'response')).rejects.toThrow('socket hang up')
  expect(await counted()).toEqual({
    [`method="GET",host="127.0.0.1:${port}",status="ECONNREFUSED"`]: 2,
    [`method="GET",host="${host}",status="aborted"`]: 1,
    [`method="GET",host="${host}",status="timeout"`]: 1,
    [`method="GET",host="${host}",status="ECONNRESET"`]: 1,
  })
})

it('bounds hosts, and counts what found no room', async () => {
  const servers = await Promise.all(Array.from({ length: 6 }, () => served((_req, res) => res.end())))
  for (const { get: ask } of servers) {
    await (await ask('/')).text()
    await (await ask('/')).text()
  }
  const calls = await counted()
  expect(Object.keys(calls)).toHaveLength(5)
  expect(calls['method="overflow",host="overflow",status="overflow"']).toBe(4)
  expect(await sightline.metrics.text()).toContain(
    '\nsightline_series_refused_total{metric="http_client_request_duration_seconds"} 4\n',
  )
  for (const server of servers) server.close()
})

it('has the labels of OpenTelemetry where those names are wanted', async () => {
  const otel = quiet({ metrics: { host: false, runtime: false, naming: 'otel' } })
  await (await other.get('/')).text()
  await (await other.get('/500')).text()
  const { hostname, port } = new URL(other.url)
  const place = `http_request_method="GET",server_address="${hostname}",server_port="${port}"`
  expect(await counted(otel)).toEqual({
    [`${place},http_response_status_code="200",error_type=""`]: 1,
    [`${place},http_response_status_code="500",error_type="500"`]: 1,
  })
  await otel.close()
})

it('carries the trace of the request that called, as an exemplar', async () => {
  const { context, metrics } = sightline
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  await context.run({}, async () => (await other.get('/')).text(), context.extract({ traceparent }))
  expect(await metrics.text('openmetrics')).toMatch(
    /http_client_request_duration_seconds_bucket\{.*# \{trace_id="0af7651916cd43dd8448eb211c80319c"/,
  )
})

it('measures nothing where that is switched off, and nothing after its end', async () => {
  const off = quiet({ metrics: { outbound: false } })
  await (await other.get('/')).text()
  expect(await counted(off)).toEqual({})
  await off.close()
  await sightline.close()
  await (await other.get('/')).text()
  expect(await counted()).toEqual({ [`method="GET",host="${host}",status="200"`]: 1 })
})

it('changes nothing of a call', async () => {
  const seen: unknown[] = []
  const echo = createHttpServer((req, res) => {
    seen.push(req.rawHeaders)
    res.end()
  }).listen(0, '127.0.0.1')
  await once(echo, 'listening')
  const url = `http://127.0.0.1:${(echo.address() as AddressInfo).port}`
  await (await fetch(url)).text()
  await sightline.close()
  await (await fetch(url)).text()
  expect(seen[1]).toEqual(seen[0])
  echo.close()
  echo.closeAllConnections()
})
