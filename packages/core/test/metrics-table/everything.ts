import { once } from 'node:events'
import { createServer, get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

import { createSightline, type SightlineOptions } from '@sightline/core'
import { hostOf } from '@sightline/core/adapter'

/** The scrape of a service that has used everything there is to measure, under one naming. */
export async function scrapeOfEverything(naming: 'classic' | 'otel'): Promise<string> {
  const options: SightlineOptions = {
    service: 'everything',
    log: { level: 'silent' },
    metrics: { naming, workers: true, maxSeries: 50 },
  }
  const sightline = createSightline(options)
  const { health, metrics } = sightline
  hostOf(sightline).know([{ method: 'GET', route: '/orders' }])
  health.check('database', () => {})
  await health.ready()
  metrics.pool('orders', { totalCount: 1, idleCount: 1, waitingCount: 0, options: { max: 2 } })
  const many = metrics.counter({ name: 'many_total', help: 'M.', labels: ['id'] })
  for (let id = 0; id < 60; id++) many.inc({ id })
  many.inc({ unknown: 1 } as never)
  metrics.ratio({ name: 'many_ratio', help: 'M.', of: 'many_total', to: 'many_total' })
  sightline.job('send-mail', () => {})

  const server = createServer((req, res) => {
    const observation = hostOf(sightline).observe({
      req,
      res,
      route: () => '/orders',
      clientIp: () => undefined,
    })
    observation.run(() => {
      res.setHeader('content-type', 'text/event-stream')
      res.end('data: 1\n\n')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const [response] = (await once(get(`http://127.0.0.1:${port}/`, { agent: false }), 'response')) as [
    IncomingMessage,
  ]
  await once(response.resume(), 'end')
  // The event loop and the scrape itself are known only after a first scrape, and garbage once some has been collected.
  await metrics.text()
  const sampled = Promise.withResolvers<void>()
  setTimeout(sampled.resolve, 100)
  await sampled.promise
  const text = await metrics.text()
  server.close()
  server.closeAllConnections()
  await sightline.close()
  return text
}
