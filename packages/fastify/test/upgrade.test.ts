import { once } from 'node:events'

import websocket from '@fastify/websocket'
import { expect, it } from '@jest/globals'
import { createSightline, type RequestRecord } from '@sightline/core'
import { hostOf } from '@sightline/core/adapter'
import Fastify from 'fastify'
import { WebSocket } from 'ws'

import sightline from '../src/index.ts'

it('counts an upgraded connection when it ends, with its lifetime apart from the latencies', async () => {
  const record = Promise.withResolvers<RequestRecord>()
  const telemetry = createSightline({
    service: 'store',
    log: { level: 'silent' },
    sinks: [{ name: 'record', write: (each) => record.resolve(each) }],
  })
  const app = Fastify()
  await app.register(sightline, { sightline: telemetry })
  await app.register(websocket)
  app.get('/live/:room', { websocket: true }, (socket) => {
    socket.on('message', (message: Buffer) => socket.send(`echo ${String(message)}`))
  })
  const address = await app.listen({ port: 0, host: '127.0.0.1' })

  const socket = new WebSocket(`${address.replace('http', 'ws')}/live/7`)
  await once(socket, 'open')
  socket.send('hi')
  const [message] = (await once(socket, 'message')) as [Buffer]
  expect(String(message)).toBe('echo hi')
  socket.close()

  const told = await record.promise
  expect(told).toMatchObject({
    route: '/live/:room',
    status: 101,
    outcome: 'completed',
    streamed: true,
  })
  const text = await telemetry.metrics.text()
  const [, latency] = /^http_request_duration_seconds_sum\{.*\} (\S+)$/m.exec(text) ?? []
  expect(Number(latency)).toBeCloseTo(Number(told.ttfbMs) / 1_000, 9)
  expect(text).toContain('http_stream_duration_seconds_count{method="GET",route="/live/:room"} 1\n')
  expect(text).toContain('http_requests_in_progress{method="GET"} 0\n')
  await app.close()
})

it('is not taken for one of another service in the process that has no requests yet', async () => {
  const silent = { service: 'store', log: { level: 'silent' } } as const
  const record = Promise.withResolvers<RequestRecord>()
  const sink = { name: 'record', write: (each: RequestRecord) => record.resolve(each) }
  const other = createSightline(silent)
  hostOf(other).watchUpgrades()
  const app = Fastify()
  await app.register(sightline, { sightline: createSightline({ ...silent, sinks: [sink] }) })
  await app.register(websocket)
  app.get('/live', { websocket: true }, () => {})
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const socket = new WebSocket(`${address.replace('http', 'ws')}/live`)
  await once(socket, 'open')
  socket.close()
  expect(await record.promise).toMatchObject({ route: '/live', status: 101 })
  expect(other.stats().requests).toBe(0)
  await app.close()
})

it('counts an upgrade that a hook refuses under the status that was answered', async () => {
  const record = Promise.withResolvers<RequestRecord>()
  const telemetry = createSightline({
    service: 'store',
    log: { level: 'silent' },
    sinks: [{ name: 'record', write: (each) => record.resolve(each) }],
  })
  const app = Fastify()
  await app.register(sightline, { sightline: telemetry })
  await app.register(websocket)
  app.get(
    '/live',
    { websocket: true, preValidation: async (_request, reply) => reply.code(401).send('who are you?') },
    () => {},
  )
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const socket = new WebSocket(`${address.replace('http', 'ws')}/live`)
  const [error] = (await once(socket, 'error')) as [Error]
  expect(error.message).toContain('401')
  expect(await record.promise).toMatchObject({ route: '/live', status: 401, streamed: false })
  await app.close()
})
