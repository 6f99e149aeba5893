import { once } from 'node:events'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'

import { expect, it } from '@jest/globals'
import { createSightline } from '@sightline/core'
import type Express from 'express'

import { sightline } from '../src/index.ts'

// With router 2.2, which tells neither the paths of mounted routers nor the errors of handlers.
const express = createRequire(import.meta.url)('express-5.1') as typeof Express

it('leaks no values into routes on an Express before 5.3', async () => {
  const ended: string[] = []
  const done = Promise.withResolvers<void>()
  const telemetry = createSightline({
    service: 'orders',
    log: { level: 'silent' },
    sinks: [
      {
        name: 'routes',
        write({ route, status }) {
          if (ended.push(`${status} ${route}`) === 4) done.resolve()
        },
      },
    ],
  })
  const app = express()
  app.use(sightline(telemetry))
  const orders = express.Router({ mergeParams: true })
  orders.get('/:oid', (_req, res) => void res.send('ok'))
  orders.get('/:oid/boom', () => {
    throw new Error('boom')
  })
  app.use('/users/:id/orders', orders)
  app.get('/plain/:x', (_req, res) => void res.send('ok'))
  app.use(((_error, _req, res, _next) => void res.status(500).end()) as Express.ErrorRequestHandler)
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  for (const path of ['/users/7/orders/9', '/users/8/orders/9/boom', '/plain/5', '/nothing']) {
    await (await fetch(`http://127.0.0.1:${port}${path}`)).text()
  }
  await done.promise
  server.close()
  expect(ended).toEqual([
    '200 /users/:id/orders/:oid',
    '500 /users/:id/orders/:oid/boom',
    '200 /plain/:x',
    '404 undefined',
  ])
})
