import { setTimeout as delay } from 'node:timers/promises'

import { Counter } from '@prometheus-io/client'
import { fromFastifyMetrics } from '@sightline/core/migrate'
import sightline from '@sightline/fastify'
import Fastify from 'fastify'

declare module '@sightline/core' {
  interface Fields {
    tenant?: string
  }
}

const orders = new Counter({ name: 'shop_orders_total', help: 'Orders.', labelNames: ['status'] })

const app = Fastify()
await app.register(sightline, {
  service: 'orders',
  metrics: fromFastifyMetrics({
    endpoint: '/internal/metrics',
    routeMetrics: {
      routeBlacklist: ['/ping'],
      customLabels: {
        region: 'eu',
        tenant: ({ fields }) => fields.tenant ?? 'none',
      },
      overrides: {
        labels: { status: 'code' },
        histogram: { buckets: [0.05, 0.3, 1.5, 10] },
      },
    },
  }),
})
// The tenant is now in the log lines, too.
app.addHook('onRequest', async (request) => {
  const tenant = request.headers['x-tenant']
  if (typeof tenant === 'string') app.sightline.context.set({ tenant })
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
