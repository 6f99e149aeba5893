import { setTimeout as delay } from 'node:timers/promises'

import { Counter } from '@prometheus-io/client'
import Fastify from 'fastify'
import fastifyMetrics from 'fastify-metrics'

const orders = new Counter({ name: 'shop_orders_total', help: 'Orders.', labelNames: ['status'] })

const app = Fastify()
await app.register(fastifyMetrics.default, {
  endpoint: '/internal/metrics',
  routeMetrics: {
    routeBlacklist: ['/ping'],
    customLabels: {
      region: 'eu',
      tenant: (request) => String(request.headers['x-tenant'] ?? 'none'),
    },
    overrides: {
      labels: { status: 'code' },
      histogram: { buckets: [0.05, 0.3, 1.5, 10] },
    },
  },
})

app.get('/ping', () => 'pong')
app.post('/orders', (_request, reply) => {
  orders.inc({ status: 'paid' })
  return reply.code(201).send({ status: 'paid' })
})
app.get<{ Params: { id: string } }>('/orders/:id', (request) => {
  if (request.params.id === '13') throw new Error('order 13 is cursed')
  return { id: request.params.id }
})
app.get('/reports', async () => {
  await delay(500)
  return 'a report'
})

await app.listen({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' })
console.log(app.server.address())
