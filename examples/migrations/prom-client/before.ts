import { setTimeout as delay } from 'node:timers/promises'

import { Counter as NewCounter, register as newRegister } from '@prometheus-io/client'
import express from 'express'
import { collectDefaultMetrics, Counter, Histogram, register } from 'prom-client'

collectDefaultMetrics()
const durations = new Histogram({
  name: 'http_server_duration_seconds',
  help: 'Duration of requests.',
  labelNames: ['verb', 'route', 'code'],
  buckets: [0.05, 0.3, 1.5, 10],
})
const rendering = new Histogram({ name: 'report_rendering_seconds', help: 'Rendering.', buckets: [0.3, 1.5] })
const orders = new Counter({ name: 'shop_orders_total', help: 'Orders.', labelNames: ['status'] })
// A library that already uses the client under its new name.
const charges = new NewCounter({ name: 'payments_charges_total', help: 'Charges.' })

const app = express()
app.get('/internal/metrics', async (_req, res) => {
  res.type(register.contentType).send((await register.metrics()) + (await newRegister.metrics()))
})
app.use((req, res, next) => {
  const end = durations.startTimer()
  res.on('finish', () => end({ verb: req.method, route: req.route?.path ?? 'none', code: res.statusCode }))
  next()
})

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
