import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

import { afterEach, beforeEach, expect, test } from '@jest/globals'

import { type Entrance, openEntrance } from '../src/incident/entrance.ts'

let entrance: Entrance
const servers: Server[] = []
beforeEach(async () => {
  entrance = await openEntrance(0)
})
afterEach(async () => {
  await entrance.close()
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

async function serve(
  listener: (...args: Parameters<RequestListener>) => void | Promise<void>,
): Promise<string> {
  const server = createServer((req, res) => void listener(req, res)).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('passes requests and responses on as they are', async () => {
  entrance.leadTo(
    await serve((req, res) => {
      res.writeHead(402, { 'x-method': req.method, 'x-path': req.url, 'x-trace': req.headers['traceparent'] })
      req.pipe(res)
    }),
  )
  const response = await fetch(`${entrance.url}/payments?a=1`, {
    method: 'POST',
    headers: { traceparent: 'some-trace' },
    body: 'charge',
  })
  expect({ status: response.status, body: await response.text() }).toEqual({ status: 402, body: 'charge' })
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'x-method': 'POST',
    'x-path': '/payments?a=1',
    'x-trace': 'some-trace',
  })
})

test('leads new requests to the next process, and ends those under way where they are', async () => {
  const began = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  entrance.leadTo(
    await serve(async (_req, res) => {
      began.resolve()
      await goOn.promise
      res.end('old')
    }),
  )
  const old = fetch(entrance.url).then((response) => response.text())
  await began.promise
  entrance.leadTo(await serve((_req, res) => void res.end('new')))
  expect(await (await fetch(entrance.url)).text()).toBe('new')
  goOn.resolve()
  expect(await old).toBe('old')
})

test('a caller that gives up is seen by the service', async () => {
  const began = Promise.withResolvers<void>()
  const left = Promise.withResolvers<void>()
  entrance.leadTo(
    await serve((_req, res) => {
      res.on('close', left.resolve)
      began.resolve()
    }),
  )
  const giving = new AbortController()
  const call = fetch(entrance.url, { signal: giving.signal })
  await began.promise
  giving.abort()
  await expect(call).rejects.toThrow('aborted')
  await left.promise
})

test('a process that is not there is a connection that is closed', async () => {
  entrance.leadTo('http://127.0.0.1:1')
  await expect(fetch(entrance.url)).rejects.toThrow('fetch failed')
})
