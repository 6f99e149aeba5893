import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'

import { createSightline } from '@sightline/core'
import { sightline } from '@sightline/express'
import express from 'express'

/** The service whose output the pages show: see `samples.ts`. */

const telemetry = createSightline({ service: 'orders', version: '1.4.0' })
telemetry.health.check('database', () => true, { kind: 'datastore' })

const app = express()
app.use(sightline(telemetry))

app.get('/orders/:id', async (req, res) => {
  const { context, trace } = req.sightline
  context.set({ tenant: 'acme' })
  await trace('load order', () => setTimeout(4))
  await trace('load prices', () => setTimeout(8))
  req.log.info('order loaded')
  res.json({ id: req.params.id })
})

const server = app.listen(0, '127.0.0.1')
await once(server, 'listening')
process.send?.(server.address())
