import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import { afterEach, expect, it } from '@jest/globals'

import type { Sightline } from '../src/index.ts'
import { endsByItself } from './natural-exit.ts'
import { quiet } from './probe.ts'

let sightline: Sightline | undefined
afterEach(() => sightline?.close())

it('answers operators on a port of its own, where nothing else is served', async () => {
  sightline = quiet()
  sightline.metrics.counter({ name: 'mails_total', help: 'M.' }).inc(3)
  const url = await sightline.metrics.listen(0)
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect(await (await fetch(`${url}/metrics`)).text()).toContain('\nmails_total 3\n')
  expect((await fetch(`${url}/health/live`)).status).toBe(200)
  expect((await fetch(`${url}/stats`)).status).toBe(200)
  expect((await fetch(`${url}/elsewhere`)).status).toBe(404)
})

it('asks for the token of the options there too', async () => {
  sightline = quiet({ management: { token: 'sixteen-letters-or-more' } })
  const url = await sightline.metrics.listen(0)
  const authorization = 'Bearer sixteen-letters-or-more'
  expect((await fetch(`${url}/metrics`)).status).toBe(401)
  expect((await fetch(`${url}/metrics`, { headers: { authorization } })).status).toBe(200)
})

it('ends with the Sightline', async () => {
  sightline = quiet()
  const urls = [await sightline.metrics.listen(0), await sightline.metrics.listen(0)]
  await sightline.close()
  for (const url of urls) await expect(fetch(`${url}/metrics`)).rejects.toThrow('fetch failed')
})

it('does not keep a process that has nothing else to do', async () => {
  const child = spawn(
    process.execPath,
    [
      '--conditions=@sightline/source',
      '--experimental-strip-types',
      fileURLToPath(new URL('fixtures/cron.ts', import.meta.url)),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { PATH: process.env.PATH } },
  )
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  await once(child.stdout, 'data')
  await endsByItself(child)
  expect(output).toBe('scraped 200, held by []\n')
})
