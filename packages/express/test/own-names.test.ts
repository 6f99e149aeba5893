import { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { expect, test } from '@jest/globals'
import { served } from '@sightline/conformance/served'
import { createSightline, type RequestRecord } from '@sightline/core'
import express, { type Express } from 'express'

import { sightline } from '../src/index.ts'

/** Sends one request: the response, its record, and the warnings. */
async function asked(build: (app: Express) => void) {
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
  const app = express()
  build(app)
  app.use(sightline(kit))
  app.get('/', (req, res) => void res.send(String(req.log)))
  const { server, close } = await served(app.listen(0, '127.0.0.1'))
  const { port } = server.address() as AddressInfo
  const answer = async () => {
    const response = await fetch(`http://127.0.0.1:${port}/`)
    return [response.status, await response.text()]
  }
  const answers = [await answer(), await answer()]
  await close()
  await kit.close()
  return { answers, records, lines }
}

test.each([
  ['cannot be written', { value: 'own' }],
  [
    'throws where it is set',
    {
      get: () => 'own',
      set() {
        throw new Error('not yours')
      },
    },
  ],
  ['takes no other value', { get: () => 'own', set() {} }],
])("leaves a property of the application's that %s, with one warning", async (_what, descriptor) => {
  const { answers, records, lines } = await asked((app) => {
    Object.defineProperty(app.request, 'log', descriptor)
    Object.freeze(app.request)
  })
  expect(answers).toEqual([
    [200, 'own'],
    [200, 'own'],
  ])
  expect(records).toMatchObject([
    { route: '/', status: 200 },
    { route: '/', status: 200 },
  ])
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain('setting req.log')
  expect(lines[0]).toContain('of its own, which stays')
})

test('goes through a property that the application has made to be set', async () => {
  const values = new WeakMap<object, unknown>()
  const { answers, lines } = await asked((app) => {
    Object.defineProperty(app.request, 'log', {
      get() {
        return values.get(this as object)
      },
      set(value) {
        values.set(this as object, value)
      },
    })
  })
  expect(answers[0]?.[0]).toBe(200)
  expect(lines).toEqual([])
})

test('sees a response whose methods the application does not let be replaced', async () => {
  const { answers, records } = await asked((app) => {
    for (const name of ['writeHead', 'write', 'end'] as const)
      Object.defineProperty(app.response, name, { value: ServerResponse.prototype[name] })
    app.get('/', (_req, _res, next) => next())
  })
  expect(answers[0]?.[0]).toBe(200)
  expect(records).toMatchObject([{ status: 200 }, { status: 200 }])
})
