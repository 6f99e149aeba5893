import 'reflect-metadata'
import {
  Body,
  Controller,
  Get,
  HttpException,
  type INestApplication,
  Module,
  Param,
  Post,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { sightline as observeExpress } from '@sightline/express'
import observeFastify from '@sightline/fastify'

import { type Ask, type Part, posted } from './part.ts'

/** Node.js has no decorators: they are called here like a compiler does. */
class Orders {
  find(id: string) {
    return { id }
  }
  add(order: unknown) {
    return order
  }
  refuse() {
    throw new HttpException('no tea', 418)
  }
  fail() {
    throw new Error('on purpose')
  }
}
const route = (method: keyof Orders, decorator: MethodDecorator) =>
  decorator(Orders.prototype, method, Object.getOwnPropertyDescriptor(Orders.prototype, method) ?? {})
route('find', Get(':id'))
route('add', Post())
route('refuse', Get('refused/now'))
route('fail', Get('failed/now'))
Param('id')(Orders.prototype, 'find', 0)
Body()(Orders.prototype, 'add', 0)
Controller('orders')(Orders)

// A NestJS module is a class that carries metadata.
// oxlint-disable-next-line typescript/no-extraneous-class
class App {}
Module({ controllers: [Orders] })(App)

const asks: readonly Ask[] = [
  { path: '/api/orders/7', status: 200, route: '/api/orders/:id' },
  { path: '/api/orders', ...posted({ a: 1 }), status: 201, route: '/api/orders' },
  { path: '/api/orders', ...posted({}), body: '{', status: 400, route: '/api/orders' },
  { path: '/api/orders/refused/now', status: 418, route: '/api/orders/refused/now' },
  { path: '/api/orders/failed/now', status: 500, route: '/api/orders/failed/now' },
  { path: '/none', status: 404 },
]

async function serve(app: INestApplication) {
  app.setGlobalPrefix('api')
  await app.listen(0, '127.0.0.1')
  return app.getHttpServer() as Awaited<ReturnType<Part['build']>>
}

export const parts: readonly Part[] = [
  {
    name: 'NestJS on Express',
    async build(sightline) {
      const app = await NestFactory.create(App, { logger: false })
      if (sightline) app.use(observeExpress(sightline))
      return serve(app)
    },
    asks,
  },
  {
    name: 'NestJS on Fastify',
    async build(sightline) {
      const app = await NestFactory.create<NestFastifyApplication>(App, new FastifyAdapter(), {
        logger: false,
      })
      if (sightline) await app.register(observeFastify, { sightline })
      return serve(app)
    },
    asks,
  },
]
