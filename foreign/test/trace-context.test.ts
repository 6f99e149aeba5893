import { once } from 'node:events'
import { createServer } from 'node:http'

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { startTelemetry, type Telemetry, type TelemetryOptions } from '@sightline/otel'

import { CASES } from './trace-context/cases.ts'
import { type Harness, listening, startHarness } from './trace-context/harness.ts'
import { type Call, CALLS, SERVICES, type Service } from './trace-context/services.ts'

const WAYS: ReadonlyArray<readonly [name: string, call: Call, options: TelemetryOptions]> = [
  ['fetch', CALLS.fetch, {}],
  ['http.request', CALLS['http.request'], {}],
  ['inject, in a span for each call', CALLS.inject, { outbound: false }],
  ['fetch, in traces that are not recorded', CALLS.fetch, { sampling: { parent: false, ratio: 0 } }],
  ['http.request, where no spans are sent', CALLS['http.request'], { traces: { exporter: 'none' } }],
]

const collector = createServer((req, res) => {
  req.resume()
  res.end()
})
let endpoint: string
let harness: Harness
beforeAll(async () => {
  endpoint = await listening(collector)
  harness = await startHarness()
})
afterAll(async () => {
  await harness.close()
  collector.closeAllConnections()
  await once(collector.close(), 'close')
})

it('has all cases of the harness', () => {
  expect(new Set(CASES.map(({ name }) => name)).size).toBe(41)
})

describe.each(Object.entries(SERVICES))("W3C's harness and a service on %s", (_, start) => {
  describe.each(WAYS)('that calls others by %s', (_name, call, options) => {
    let telemetry: Telemetry
    let service: Service
    beforeAll(async () => {
      const silent = { exporter: 'none' } as const
      telemetry = startTelemetry({ endpoint, metrics: silent, logs: silent, quiet: true, ...options })
      service = await start(call)
    })
    afterAll(async () => {
      await service.close()
      await telemetry.close()
    })

    it.each(CASES)('$name', async ({ steps }) => {
      expect(steps.length).toBeGreaterThan(0)
      await harness.run(service.url, steps)
    })
  })
})
