import { expect, it } from '@jest/globals'
import Fastify from 'fastify'

import sightline from '../src/index.ts'

type Line = Record<string, unknown>

/** A Fastify with its own logger switched on, and what it writes. */
async function logging(options: object = {}) {
  const lines: Line[] = []
  const stream = { write: (line: string) => void lines.push(JSON.parse(line) as Line) }
  const app = Fastify({ logger: { level: 'info', stream }, ...options })
  await app.register(sightline, { service: 'store' })
  app.get('/items/:id', async (request) => {
    app.sightline.context.set({ tenant: 'acme' })
    request.log.info({ token: 'hunter2' }, 'in the handler')
    return { id: request.id }
  })
  app.get('/boom', async () => {
    throw new Error('boom')
  })
  app.get('/quiet', { logLevel: 'error' }, async (request) => {
    request.log.info('not to be seen')
    return {}
  })
  return { app, lines }
}

it("keeps Fastify's logger, with the context in it and one event per request", async () => {
  const { app, lines } = await logging()
  const response = await app.inject({ url: '/items/7?token=hunter2', headers: { 'x-request-id': 'abc' } })
  expect(response.json()).toEqual({ id: 'abc' })
  expect(lines).toMatchObject([
    {
      level: 30,
      service: 'store',
      request_id: 'abc',
      tenant: 'acme',
      token: '[redacted]',
      msg: 'in the handler',
    },
    {
      level: 30,
      service: 'store',
      request_id: 'abc',
      tenant: 'acme',
      route: '/items/:id',
      path: '/items/7',
      msg: 'request completed',
    },
  ])
})

it('says once what was thrown', async () => {
  const { app, lines } = await logging()
  await app.inject('/boom')
  expect(lines).toMatchObject([
    { level: 50, route: '/boom', err: { message: 'boom' }, msg: 'request failed' },
  ])
})

it("keeps a route's own level for the lines of its handler", async () => {
  const { app, lines } = await logging()
  await app.inject('/quiet')
  expect(lines).toMatchObject([{ route: '/quiet', msg: 'request completed' }])
})

it("keeps the application's own ids", async () => {
  const { app, lines } = await logging({ genReqId: () => 'own-1' })
  const response = await app.inject('/items/7')
  expect(response.headers['x-request-id']).toBe('own-1')
  expect(lines.map((line) => line.request_id)).toEqual(['own-1', 'own-1'])
})
