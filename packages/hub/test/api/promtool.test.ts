import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import { afterAll, beforeAll, expect, test } from '@jest/globals'

import { apiOverSeries } from './api-over.ts'
import { type ApiServer, serveApi } from './api-server.ts'

const run = promisify(execFile)

let stored: Awaited<ReturnType<typeof apiOverSeries>>
let server: ApiServer

beforeAll(async () => {
  const times = Float64Array.from({ length: 20 }, (_, index) => (1_700_000_000 + index * 15) * 1000)
  stored = await apiOverSeries({
    series: ['a', 'b'].map((instance, index) => ({
      labels: { __name__: 'up', job: 'shop', instance },
      times,
      values: times.map((__, step) => step + index),
    })),
  })
  server = await serveApi(stored.api)
})

afterAll(async () => {
  await server.close()
  await stored.remove()
})

/** The output of `promtool query`. Rejects where it fails. */
async function promtool(kind: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run('promtool', ['query', kind, ...args])
  return stdout
}

test('queries an instant', async () => {
  await expect(promtool('instant', '--time=1700000015', server.url, 'up')).resolves.toBe(
    'up{instance="a", job="shop"} => 1 @[1700000015]\nup{instance="b", job="shop"} => 2 @[1700000015]\n',
  )
})

test('queries a range', async () => {
  const args = ['--start=1700000000', '--end=1700000030', '--step=15s', server.url, 'sum(up)']
  await expect(promtool('range', ...args)).resolves.toBe(
    '{} =>\n1 @[1700000000]\n3 @[1700000015]\n5 @[1700000030]\n',
  )
})

test('lists series', async () => {
  const args = ['--match=up', '--start=1700000000', '--end=1700000030', server.url]
  await expect(promtool('series', ...args)).resolves.toBe(
    '{__name__="up", instance="a", job="shop"}\n{__name__="up", instance="b", job="shop"}\n',
  )
})

test('lists the values of a label', async () => {
  const args = ['--start=1700000000', '--end=1700000030', server.url, 'instance']
  await expect(promtool('labels', ...args)).resolves.toBe('a\nb\n')
})

test('shows the error of a query', async () => {
  await expect(promtool('instant', server.url, 'up{')).rejects.toMatchObject({
    stderr: expect.stringContaining(
      'invalid parameter "query": 1:4: parse error: unexpected end of input inside braces',
    ),
  })
})
