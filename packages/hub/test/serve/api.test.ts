import { expect, test } from '@jest/globals'

import type { ApiRequest } from '../../src/api/request.ts'
import { ask, startEdge } from '../edge/edge.ts'

test('requests of the API get method, raw path, query, body and a signal', async () => {
  const asked: ApiRequest[] = []
  const { port } = await startEdge({
    api: (request) => {
      asked.push(request)
      return Promise.resolve({ status: 201, headers: { 'x-a': 'b' }, body: '{"ok":true}' })
    },
  })
  const said = await ask(port, '/api/services/a%2Fb?x=1&x=%ZZ', { method: 'POST', body: 'query=up' })
  expect(said).toMatchObject({
    status: 201,
    body: '{"ok":true}',
    headers: { 'content-type': 'application/json', 'x-a': 'b' },
  })
  expect(asked[0]).toMatchObject({ method: 'POST', path: '/api/services/a%2Fb', body: 'query=up' })
  expect(asked[0]?.query.getAll('x')).toEqual(['1', '%ZZ'])
  await ask(port, '/jaeger/api/services')
  expect(asked[1]).not.toHaveProperty('body')
})

test('an answer may be bytes', async () => {
  const { port } = await startEdge({
    api: () => Promise.resolve({ status: 200, body: Buffer.from('bytes') }),
  })
  expect(await ask(port, '/api/x')).toMatchObject({ status: 200, body: 'bytes' })
})

test('a fault of the API is reported, and answered without its text', async () => {
  const fault = new Error('secret details')
  const { port, faults } = await startEdge({ api: () => Promise.reject(fault) })
  const said = await ask(port, '/api/hub')
  expect(said.status).toBe(500)
  expect(said.body).not.toContain('secret')
  expect(JSON.parse(said.body)).toMatchObject({ status: 'error', errorType: 'internal' })
  expect(faults).toEqual([fault])
})

test('the signal is aborted when the client leaves', async () => {
  const { promise: aborted, resolve } = Promise.withResolvers<void>()
  const { promise: asked, resolve: begun } = Promise.withResolvers<void>()
  const { port } = await startEdge({
    api: async ({ signal }) => {
      signal.addEventListener('abort', () => resolve())
      begun()
      await aborted
      return { status: 200, body: '' }
    },
  })
  const leaving = new AbortController()
  const gone = fetch(`http://127.0.0.1:${port}/api/slow`, { signal: leaving.signal })
  await asked
  leaving.abort()
  await expect(gone).rejects.toThrow('abort')
  await aborted
})

test('more than 64 requests at once get 503, and large bodies 413', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const running = { count: 0 }
  const { port } = await startEdge({
    api: async () => {
      running.count++
      await promise
      return { status: 200, body: '' }
    },
  })
  const asked = Array.from({ length: 64 }, () => ask(port, '/api/x'))
  while (running.count < 64) await new Promise(setImmediate)
  const said = await ask(port, '/api/x')
  expect(said).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
  resolve()
  for (const { status } of await Promise.all(asked)) expect(status).toBe(200)
  expect(await ask(port, '/api/x', { method: 'POST', body: Buffer.alloc(1_048_577) })).toMatchObject({
    status: 413,
  })
})
