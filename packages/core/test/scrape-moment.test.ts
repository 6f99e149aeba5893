import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { performance } from 'node:perf_hooks'

import { expect, it, jest } from '@jest/globals'

import { hostOf } from '../src/adapter/index.ts'
import type { Sightline } from '../src/index.ts'
import { quiet, served } from './probe.ts'

/** Sums of all series of a name. */
function sums(text: string, names: readonly string[]): number[] {
  const found = new Map<string, number>()
  for (const line of text.split('\n')) {
    const [, name = '', value = ''] = /^(\w+)(?:\{.*?\})? (\S+)/.exec(line) ?? []
    found.set(name, (found.get(name) ?? 0) + Number(value))
  }
  return names.map((name) => found.get(name) ?? -1)
}

/** A service under load, which counts each request twice itself. */
async function loaded(sightline: Sightline) {
  const counter = (name: string) => sightline.metrics.counter({ name, help: 'N.' })
  const first = counter('first_total')
  // The event loop turns while these are written.
  for (let i = 0; i < 20; i++) {
    const labels = Array.from({ length: 900 }, (_, n) => ({ n: String(n) }))
    const wide = sightline.metrics.counter({ name: `wide_${i}_total`, help: 'W.', labels: ['n'] })
    for (const each of labels) wide.inc(each)
  }
  const second = counter('second_total')
  const { url, close } = await served((req, res) => {
    hostOf(sightline).observe({ req, res, route: () => '/orders', clientIp: () => undefined })
    first.inc()
    second.inc()
    res.end()
  })
  const agent = new Agent({ keepAlive: true })
  const stopped = new AbortController()
  let answers = 0
  const askers = Array.from({ length: 8 }, async () => {
    while (!stopped.signal.aborted) {
      const [response] = await once(request(url, { agent }).end(), 'response')
      await once(response.resume(), 'end')
      answers++
    }
  })
  return {
    answers: () => answers,
    async stop() {
      stopped.abort()
      await Promise.all(askers)
      agent.destroy()
      close()
    },
  }
}

it.each([
  [
    'classic',
    [
      'http_requests_total',
      'http_request_duration_seconds_count',
      'http_request_size_bytes_count',
      'http_response_size_bytes_count',
    ],
  ],
  [
    'otel',
    [
      'http_server_request_duration_seconds_count',
      'http_server_request_body_size_bytes_count',
      'http_server_response_body_size_bytes_count',
    ],
  ],
] as const)(
  'has a request in all series of a scrape or in none, however long it is: %s',
  async (naming, names) => {
    const sightline = quiet({ metrics: { naming, runtime: false, host: false, outbound: false } })
    // Long enough to be written in many turns of the event loop.
    hostOf(sightline).know(Array.from({ length: 2_000 }, (_, i) => ({ method: 'GET', route: `/r${i}` })))
    const load = await loaded(sightline)
    try {
      for (const format of ['prometheus', 'openmetrics', 'prometheus'] as const) {
        const before = load.answers()
        const [all = 0, ...others] = sums(await sightline.metrics.text(format), names)
        expect(others).toEqual(others.map(() => all))
        // Else nothing would have happened meanwhile.
        expect(load.answers()).toBeGreaterThan(before)
        expect(all).toBeGreaterThanOrEqual(before)
      }
      // Counters of the application are of one moment if reading them is quick. A clock that stands still while the
      // scrape begins keeps a pause of the machine out of that.
      const clock = jest.spyOn(performance, 'now').mockReturnValue(performance.now())
      const scrape = sightline.metrics.text()
      clock.mockRestore()
      const [first, second] = sums(await scrape, ['first_total', 'second_total'])
      expect(first).toBeGreaterThan(0)
      expect(second).toBe(first)
    } finally {
      await load.stop()
      await sightline.close()
    }
  },
  30_000,
)
