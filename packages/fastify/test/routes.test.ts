import { expect, test } from '@jest/globals'
import { toldRoutes } from '@sightline/conformance'
import Fastify, { type FastifyInstance } from 'fastify'

import sightline from '../src/index.ts'

/** The routes that requests to an application are told to have. */
function routesOf(build: (app: FastifyInstance) => void, targets: readonly string[]) {
  return toldRoutes(async (kit) => {
    const app = Fastify({ forceCloseConnections: true })
    await app.register(sightline, { sightline: kit })
    build(app)
    await app.listen({ port: 0, host: '127.0.0.1' })
    return { server: app.server, close: () => app.close() }
  }, targets)
}

const ok = async () => 'ok'
const fail = async () => {
  throw new Error('broken')
}

test('names routes through encapsulated prefixes', async () => {
  const routes = await routesOf(
    (app) =>
      void app.register(
        async (users) => {
          users.get('/', ok)
          await users.register(
            async (orders) => {
              orders.get('/:oid', ok)
              orders.get('/:oid/broken', fail)
            },
            { prefix: '/orders' },
          )
        },
        { prefix: '/users/:id' },
      ),
    ['/users/7', '/users/7/orders/9', '/users/7/orders/9/broken', '/users/7/none'],
  )
  expect(routes).toEqual({
    '/users/7': '/users/:id',
    '/users/7/orders/9': '/users/:id/orders/:oid',
    '/users/7/orders/9/broken': '/users/:id/orders/:oid/broken',
    '/users/7/none': undefined,
  })
})

test('names parameters with patterns, several in a segment, wildcards and optional ones as they were written', async () => {
  const routes = await routesOf(
    (app) => {
      app.get('/at/:hour(^\\d{2})h', ok)
      app.get('/near/:lat-:lng', ok)
      app.get('/files/*', ok)
      app.all('/all', ok)
    },
    ['/at/12h', '/near/1-2', '/files/a/b', 'DELETE /all'],
  )
  expect(routes).toEqual({
    '/at/12h': '/at/:hour(^\\d{2})h',
    '/near/1-2': '/near/:lat-:lng',
    '/files/a/b': '/files/*',
    'DELETE /all': '/all',
  })
})

test('keeps the route of a request that a hook refuses, and of one whose input is invalid', async () => {
  const routes = await routesOf(
    (app) => {
      app.addHook('onRequest', async (request, reply) => {
        if (request.headers.authorization === undefined && request.url.startsWith('/users'))
          await reply.code(401).send('who are you?')
      })
      app.get('/users/:id', ok)
      app.get(
        '/items/:id',
        { schema: { params: { type: 'object', properties: { id: { type: 'number' } } } } },
        ok,
      )
    },
    ['/users/7', '/items/seven'],
  )
  expect(routes).toEqual({ '/users/7': '/users/:id', '/items/seven': '/items/:id' })
})

test('names no route where a handler of the application answers what was not found', async () => {
  const routes = await routesOf(
    (app) => {
      app.setNotFoundHandler(async (_request, reply) => reply.code(404).send('nothing'))
      app.get('/a', ok)
    },
    ['/none', 'DELETE /a', '/%ZZ'],
  )
  expect(routes).toEqual({ '/none': undefined, 'DELETE /a': undefined, '/%ZZ': undefined })
})
