import { setTimeout as delay } from 'node:timers/promises'

import { fromExpressPromBundle } from '@sightline/core/migrate'
import { sightline } from '@sightline/express'
import express from 'express'
import { Counter, register } from 'prom-client'

declare module '@sightline/core' {
  interface Fields {
    tenant?: string
  }
}

const orders = new Counter({ name: 'shop_orders_total', help: 'Orders.', labelNames: ['status'] })

const app = express()
app.use(
  sightline({
    service: 'orders',
    metrics: fromExpressPromBundle({
      includeMethod: true,
      includePath: true,
      customLabels: { tenant: 'none' },
      transformLabels(labels, { fields }) {
        labels.tenant = fields.tenant ?? 'none'
      },
      normalizePath: [
        ['^/files/.*', '/files/#file'],
        ['^/v1', ''],
        ['^.*/order-list', '/#name/order-list'],
      ],
      excludeRoutes: ['/ping'],
      metricsPath: '/internal/metrics',
      promRegistry: register,
    }),
  }),
)
// The tenant is now in the log lines, too.
app.use((req, _res, next) => {
  const tenant = req.header('x-tenant')
  if (tenant !== undefined) req.sightline.context.set({ tenant })
  next()
})

app.get('/ping', (_req, res) => {
  res.send('pong')
})
app.post('/orders', (_req, res) => {
  orders.inc({ status: 'paid' })
  res.status(201).json({ status: 'paid' })
})
app.get('/orders/:id', (req, res) => {
  if (req.params.id === '13') throw new Error('order 13 is cursed')
  res.json({ id: req.params.id })
})
app.get('/files/*path', (_req, res) => {
  res.send('a file')
})
app.get('/v1/users/:id', (req, res) => {
  res.json({ id: req.params.id })
})
app.get('/:name/order-list/:id', (req, res) => {
  res.json({ id: req.params.id })
})
app.get('/reports', async (_req, res) => {
  await delay(500)
  res.send('a report')
})

const customers = express.Router({ mergeParams: true })
customers.get('/orders', (_req, res) => {
  res.json([])
})
app.use('/customers/:id', customers)

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => console.log(server.address()))
