/**
 * Code that the compiler must accept, and code that it must reject: compiled against the published types,
 * never run.
 */
import { checks, createSightline, type RequestRecord, type SightlineOptions } from '@sightline/core'
import { createDeliveries, framed } from '@sightline/delivery'
import { sightline as onExpress } from '@sightline/express'
import onFastify from '@sightline/fastify'
import { sightline as onKoa } from '@sightline/koa'
import { startTelemetry, type Telemetry } from '@sightline/otel'
import { expectTypeOf } from 'expect-type'
import express from 'express'
import Fastify from 'fastify'
import Koa from 'koa'

declare module '@sightline/core' {
  interface Fields {
    tenant?: string
  }
}

// Options
const telemetry = createSightline({ service: 'orders', log: { level: 'debug' }, metrics: { naming: 'otel' } })
const options: SightlineOptions = { management: { token: process.env['TOKEN'] } }
createSightline(options)
// @ts-expect-error no option is called so
createSightline({ servce: 'orders' })
// @ts-expect-error there are two namings
createSightline({ metrics: { naming: 'mine' } })
// @ts-expect-error options are read-only
options.service = 'mutated'

// Fields: one's own are checked, others are free
telemetry.context.set({ tenant: 'acme', anything: 1 })
// @ts-expect-error a tenant is a text, as declared above
telemetry.context.set({ tenant: 7 })
telemetry.context.run({ tenant: 'acme' }, () => {})
const tenantOf = (record: RequestRecord) => record.fields.tenant
expectTypeOf<ReturnType<typeof tenantOf>>().toEqualTypeOf<string | undefined>()

// Labels of instruments
const orders = telemetry.metrics.counter({
  name: 'orders_total',
  help: 'Orders.',
  labels: ['status', 'country'],
})
orders.inc({ status: 'paid', country: 'at' })
orders.inc({ status: 'paid', country: 'at' }, 2)
// @ts-expect-error a label is missing
orders.inc({ status: 'paid' })
// @ts-expect-error it has no such label
orders.inc({ status: 'paid', country: 'at', city: 'Graz' })
// @ts-expect-error it has labels
orders.inc()
const visits = telemetry.metrics.gauge({ name: 'visits', help: 'Visits.' })
visits.set(3)
// @ts-expect-error it has no labels
visits.set({ country: 'at' }, 3)
const sizes = telemetry.metrics.histogram({
  name: 'basket_size',
  help: 'Sizes.',
  labels: ['kind'],
  buckets: [1, 5],
})
sizes.observe({ kind: 'small' }, 3)
// @ts-expect-error an observation has a value
sizes.observe({ kind: 'small' })

// Wrappers keep the type of the wrapped function
const price = telemetry.timed('price')((article: string, count: number) => article.length * count)
expectTypeOf(price).toEqualTypeOf<(this: unknown, article: string, count: number) => number>()
const traced = telemetry.traced('price')(async (article: string) => article.length)
expectTypeOf<ReturnType<typeof traced>>().toEqualTypeOf<Promise<number>>()
// @ts-expect-error the wrapped function takes a text
traced(7)
const rate = telemetry.trace('rate', { kind: 'client' }, (span) => {
  span.set({ tenant: 'acme' })
  return 0.9
})
expectTypeOf(rate).toEqualTypeOf<number>()
// @ts-expect-error there is no such side of a conversation
telemetry.trace('rate', { kind: 'customer' }, () => 0.9)

// Decorators leave methods as they are
class Basket {
  articles = 3

  @telemetry.timed('checkout')
  @telemetry.traced('checkout')
  async checkout(card: string): Promise<number> {
    return this.articles * card.length
  }
}
expectTypeOf<ReturnType<Basket['checkout']>>().toEqualTypeOf<Promise<number>>()
export class Wrong {
  // @ts-expect-error only methods can be timed
  @telemetry.timed('articles')
  articles = 3
}

// Health
telemetry.health.check('queue', async () => ({ status: 'degraded', reason: 'slow' }), { critical: false })
telemetry.health.check('orders', checks.service('http://orders:3001'))
// @ts-expect-error there is no such group
telemetry.health.check('queue', () => true, { group: 'later' })

// Frameworks
const fastify = Fastify()
fastify.register(onFastify, { service: 'orders' })
fastify.register(onFastify, { sightline: telemetry })
// @ts-expect-error the plugin has options of its own only
fastify.register(onFastify, { servce: 'orders' })
expectTypeOf(fastify.sightline).toEqualTypeOf<typeof telemetry>()

const app = express()
app.use(onExpress(telemetry), (req, _res, next) => {
  expectTypeOf(req.id).toEqualTypeOf<string>()
  expectTypeOf(req.sightline).toEqualTypeOf<typeof telemetry>()
  req.log.info({ tenant: 'acme' }, 'a line')
  next()
})

const koa = new Koa()
koa.use(onKoa({ stats: { path: false } }))
koa.use((ctx) => {
  expectTypeOf(ctx.sightline).toEqualTypeOf<typeof telemetry>()
  expectTypeOf(ctx.state.requestId).toEqualTypeOf<string>()
  ctx.log.info('a line')
})

// Telemetry and delivery
expectTypeOf<ReturnType<typeof startTelemetry>>().toEqualTypeOf<Telemetry>()
startTelemetry({ sightlines: [telemetry], sampling: { ratio: 0.1, routes: { '/assets/*': 0 } } })
// @ts-expect-error OTLP by gRPC is none of the protocols
startTelemetry({ protocol: 'grpc' })
const deliveries = createDeliveries({ log: ({ message }) => void message, fault: () => {} })
deliveries.open({
  destination: 'elastic',
  signal: 'logs',
  url: 'https://elastic:9200/_bulk',
  type: 'application/x-ndjson',
  encode: framed({ between: '\n', after: '\n' }),
})
