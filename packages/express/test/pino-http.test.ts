import { once } from 'node:events'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'

import { expect, it } from '@jest/globals'
import { createSightline } from '@sightline/core'
import express, { type RequestHandler } from 'express'
import { pino } from 'pino'

import { sightline } from '../src/index.ts'

// Its types would declare `req.id` for all requests of the program, including other tests.
const pinoHttp = createRequire(import.meta.url)('pino-http') as (options: object) => RequestHandler

it('leaves pino-http its id, its logger and its line, and adds the context to both', async () => {
  const lines: Array<Record<string, unknown>> = []
  const written = Promise.withResolvers<void>()
  const logger = pino(
    {},
    { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  )
  const own: string[] = []
  const telemetry = createSightline({
    service: 'orders',
    log: { destination: { write: (line) => own.push(line) } },
    sinks: [{ name: 'end', write: () => setImmediate(written.resolve) }],
  })

  const app = express()
  app.use(pinoHttp({ logger, genReqId: () => 'from-pino-http' }))
  app.use(sightline(telemetry))
  app.get('/orders/:id', (req, res) => {
    telemetry.context.set({ tenant: 'acme' })
    req.log.info({ password: 'hunter2' }, 'in the handler')
    res.json({ id: req.id })
  })
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  const response = await fetch(`http://127.0.0.1:${port}/orders/7`)
  await written.promise
  server.close()

  expect(response.headers.get('x-request-id')).toBe('from-pino-http')
  expect(await response.json()).toEqual({ id: 'from-pino-http' })
  expect(lines).toMatchObject([
    {
      req: { id: 'from-pino-http' },
      request_id: 'from-pino-http',
      tenant: 'acme',
      password: '[redacted]',
      msg: 'in the handler',
    },
    { req: { id: 'from-pino-http' }, res: { statusCode: 200 }, msg: 'request completed' },
  ])
  // The request is still counted; only its line is pino-http's.
  expect(own).toEqual([])
  expect(await telemetry.metrics.text()).toContain(
    'http_requests_total{method="GET",route="/orders/:id",status="200"} 1\n',
  )
})
