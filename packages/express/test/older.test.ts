import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'

import { expect, test } from '@jest/globals'
import { served } from '@sightline/conformance/served'
import { createSightline } from '@sightline/core'
import type Express from 'express'

import { sightline } from '../src/index.ts'

// Its router is 2.2, which does not expose mount paths: the workspace pins it.
const require = createRequire(import.meta.url)
const express = require('express-5.1') as typeof Express

test('has the router that it is about', () => {
  const { version } = createRequire(require.resolve('express-5.1'))('router/package.json') as {
    version: string
  }
  expect(version).toMatch(/^2\.2\./)
})

test('ends a program at its start whose router is too old, with one sentence', async () => {
  const flags = [
    '--experimental-strip-types',
    '--disable-warning=ExperimentalWarning',
    '--conditions=@sightline/source',
  ]
  const file = `${import.meta.dirname}/fixtures/older.ts`
  const { code, output } = await new Promise<{ code: unknown; output: string }>((resolve) => {
    execFile(process.execPath, [...flags, file], (error, stdout, stderr) =>
      resolve({ code: error?.code, output: stdout + stderr }),
    )
  })
  expect(code).toBe(1)
  expect(output).toContain('Sightline: this application has a router before 2.3')
  expect(output).not.toContain('it serves')
})

test('names no routes where the start could not be seen, says why once, and answers', async () => {
  const routes: Array<string | undefined> = []
  const lines: string[] = []
  const kit = createSightline({
    service: 'orders',
    log: { access: false, pretty: false, destination: { write: (line) => void lines.push(line) } },
    sinks: [{ name: 'routes', write: ({ route }) => void routes.push(route) }],
  })
  const app = express()
  app.use(sightline(kit))
  const orders = express.Router({ mergeParams: true })
  orders.get('/:oid', (_req, res) => void res.send('ok'))
  app.use('/users/:id/orders', orders)
  app.get('/plain/:x', (_req, res) => void res.send('ok'))
  const { server, close } = await served(app.listen(0, '127.0.0.1'))
  const { port } = server.address() as AddressInfo
  for (const path of ['/users/7/orders/9', '/plain/5', '/nothing'])
    await (await fetch(`http://127.0.0.1:${port}${path}`)).text()
  await close()
  await kit.close()
  expect(routes).toEqual([undefined, undefined, undefined])
  expect(lines.filter((line) => line.includes('router before 2.3'))).toHaveLength(1)
})
