import type { AddressInfo } from 'node:net'

import { expect, test } from '@jest/globals'
import { served } from '@sightline/conformance/served'
import { createSightline, type RequestRecord } from '@sightline/core'
import Koa from 'koa'

import { sightline } from '../src/index.ts'

test.each([
  ['has frozen its state', (app: Koa) => app.use((ctx, next) => (Object.freeze(ctx.state), next()))],
  ['has no state', (app: Koa) => app.use((ctx, next) => (Object.assign(ctx, { state: null }), next()))],
  [
    'has a setter that throws',
    (app: Koa) =>
      Object.defineProperty(app.context, 'sightline', {
        get: () => 'own',
        set() {
          throw new Error('not yours')
        },
      }),
  ],
])('answers and observes where a context %s, with one warning', async (_what, prepare) => {
  const records: RequestRecord[] = []
  const lines: string[] = []
  const kit = createSightline({
    service: 'shop',
    log: {
      level: 'warn',
      access: false,
      pretty: false,
      destination: { write: (line) => void lines.push(line) },
    },
    sinks: [{ name: 'records', write: (record) => void records.push(record) }],
  })
  const app = new Koa()
  prepare(app)
  app.use(sightline(kit)).use((ctx) => {
    ctx.log.warn('the handler has its logger')
    ctx.body = 'ok'
  })
  const { server, close } = await served(app.listen(0, '127.0.0.1'))
  const { port } = server.address() as AddressInfo
  for (let n = 0; n < 2; n++) expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200)
  await close()
  await kit.close()
  expect(records).toMatchObject([{ status: 200 }, { status: 200 }])
  expect(lines.filter((line) => line.includes('setting ctx.'))).toHaveLength(1)
  expect(lines.filter((line) => line.includes('has its logger'))).toHaveLength(2)
})
