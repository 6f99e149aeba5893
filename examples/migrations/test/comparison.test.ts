import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'

import { afterEach, describe, expect, it } from '@jest/globals'
import { sightline } from '@sightline/express'
import express, { type RequestHandler } from 'express'
import { pinoHttp } from 'pino-http'

import { type RunningProgram, startProgram } from './program.ts'

/** Only a hanging test reaches this deadline. */
const DEADLINE_MS = 60_000
const running: RunningProgram[] = []

afterEach(() => Promise.all(running.splice(0).map((program) => program.stop())))

/** The programs before and after a migration. */
async function both(migration: string): Promise<readonly [before: RunningProgram, after: RunningProgram]> {
  const programs = [await startProgram(migration, 'before'), await startProgram(migration, 'after')] as const
  running.push(...programs)
  return programs
}

describe('beside express-prom-bundle', () => {
  it('200 paths that do not exist make one series of a histogram, not 200', async () => {
    const series: number[] = []
    for (const program of await both('express-prom-bundle')) {
      for (let n = 0; n < 200; n++) await get(program, `/wp-${n.toString(36)}-login.php`)
      series.push((await samples(program, 'http_request_duration_seconds_count{')).length)
    }
    expect(series).toEqual([200, 1])
  })
})

describe('beside fastify-metrics', () => {
  it('requests that match no route are counted', async () => {
    const counted: string[][] = []
    for (const program of await both('fastify-metrics')) {
      await get(program, '/nothing')
      counted.push((await samples(program, 'http_')).filter((line) => line.includes('404')))
    }
    expect(counted).toEqual([[], ['http_requests_total{method="GET",route="unmatched",status="404"} 1']])
  })
})

describe('beside prom-client by hand', () => {
  it('routes of routers keep where those are mounted', async () => {
    const routes: string[][] = []
    for (const program of await both('prom-client')) {
      await get(program, '/customers/7/orders')
      routes.push(await samples(program, 'http_server_duration_seconds_count{'))
    }
    expect(routes).toEqual([
      ['http_server_duration_seconds_count{verb="GET",route="/orders",code="200"} 1'],
      ['http_server_duration_seconds_count{verb="GET",route="/customers/:id/orders",code="200"} 1'],
    ])
  })

  it('requests are counted that their clients gave up', async () => {
    const counted: string[][] = []
    for (const program of await both('prom-client')) {
      const [host = '', port] = program.address.split(':')
      const client = connect(Number(port), host)
      await once(client, 'connect')
      client.write(`GET /reports HTTP/1.1\r\nhost: ${program.address}\r\n\r\n`)
      // When a later request is answered, this one has arrived.
      await get(program, '/orders/7')
      client.destroy()
      await until(async () => (await samples(program, 'report_rendering_seconds_count 1')).length > 0)
      counted.push(
        (await samples(program, 'http_server_duration_seconds_count{')).filter((line) =>
          /reports/.test(line),
        ),
      )
    }
    expect(counted).toEqual([
      [],
      ['http_server_duration_seconds_count{verb="GET",route="/reports",code="499"} 1'],
    ])
  })
})

describe('beside pino-http', () => {
  it('what comes without options has an id that no other process gives, and no credentials', async () => {
    const shown: unknown[] = []
    for (const [middleware, lines] of asTheyCome()) {
      const app = express()
      app.use(middleware)
      const server = app.listen(0, '127.0.0.1')
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      await fetch(`http://127.0.0.1:${port}/`, { headers: { authorization: 'Bearer hunter2' } })
      await until(async () => lines.length > 0)
      server.close()
      const [line = ''] = lines
      const { req, request_id: id = req?.id } = JSON.parse(line) as {
        req?: { id: unknown }
        request_id?: unknown
      }
      shown.push({ id, tells: line.includes('hunter2') })
    }
    expect(shown).toEqual([
      { id: 1, tells: true },
      { id: expect.stringMatching(/^[0-9a-f]{16}-\w+$/), tells: false },
    ])
  })

  it('secrets in a query stay out of the log', async () => {
    for (const program of await both('pino-http')) await get(program, '/orders/7?token=hunter2')
    const [before, after] = running.map((program) => () => JSON.stringify(program.lines()))
    await until(async () => /ended with 200/.test(before?.() ?? '') && /ended with 200/.test(after?.() ?? ''))
    expect(before?.()).toContain('hunter2')
    expect(after?.()).not.toContain('hunter2')
  })
})

describe('beside cls-rtracer', () => {
  it('no id is taken over that a log or a header could trip over', async () => {
    const echoed: Array<string | null> = []
    const hostile = 'x'.repeat(6_000)
    for (const program of await both('cls-rtracer')) {
      const response = await fetch(`http://${program.address}/nothing`, {
        headers: { 'x-request-id': hostile },
      })
      echoed.push(response.headers.get('x-request-id'))
    }
    expect(echoed).toEqual([hostile, expect.stringMatching(/^[\w.-]{8,128}$/)])
  })
})

/** Both with default options, and their output. */
function asTheyCome(): ReadonlyArray<readonly [RequestHandler, readonly string[]]> {
  const theirs: string[] = []
  const ours: string[] = []
  return [
    [pinoHttp({}, { write: (line) => void theirs.push(line) }), theirs],
    [sightline({ log: { destination: { write: (line) => void ours.push(line) } } }), ours],
  ]
}

async function get({ address }: RunningProgram, path: string): Promise<string> {
  const response = await fetch(`http://${address}${path}`)
  return response.text()
}

/** The samples of a scrape that begin with this text. */
async function samples(program: RunningProgram, start: string): Promise<string[]> {
  const text = await get(program, '/internal/metrics')
  return text.split('\n').filter((line) => line.startsWith(start) && !line.endsWith(' 0'))
}

/** Polls, since another process sends no event. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + DEADLINE_MS
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error('it has not come to it in time')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
