import { setTimeout as delay } from 'node:timers/promises'

import { Counter as NewCounter } from '@prometheus-io/client'
import { sightline } from '@sightline/express'
import express from 'express'
import { Counter, Histogram, register } from 'prom-client'

const rendering = new Histogram({ name: 'report_rendering_seconds', help: 'Rendering.', buckets: [0.3, 1.5] })
const orders = new Counter({ name: 'shop_orders_total', help: 'Orders.', labelNames: ['status'] })
// A library that already uses the client under its new name.
const charges = new NewCounter({ name: 'payments_charges_total', help: 'Charges.' })

const app = express()
app.use(
  sightline({
    service: 'orders',
    metrics: {
      path: '/internal/metrics',
      registries: [register],
      naming: {
        histogram: { name: 'http_server_duration_seconds', buckets: [0.05, 0.3, 1.5, 10] },
        labels: { verb: 'method', route: ({ route }) => route ?? 'none', code: 'status' },
      },
    },
  }),
)

app.post('/orders', (_req, res) => {
  orders.inc({ status: 'paid' })
  charges.inc()
  res.status(201).json({ status: 'paid' })
})
app.get('/orders/:id', (req, res) => {
  if (req.params.id === '13') throw new Error('order 13 is cursed')
  res.json({ id: req.params.id })
})
app.get('/reports', async (_req, res) => {
  const end = rendering.startTimer()
  await delay(500)
  end()
  res.send('a report')
})

const customers = express.Router({ mergeParams: true })
customers.get('/orders', (_req, res) => {
  res.json([])
})
app.use('/customers/:id', customers)

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => console.log(server.address()))
