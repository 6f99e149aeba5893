import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Hub, startHub } from '@sightline/hub'

import { hubClient } from '../src/client/hub-client.ts'
import { createShop } from '../src/demo/shop.ts'
import { temporaryFolder } from './folder.ts'

const NOW = Date.now()

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let hub: Hub

beforeAll(async () => {
  folder = await temporaryFolder()
  hub = await startHub({ folder: folder.path, port: 0, log: () => undefined })
  const { traces, logs, metrics } = createShop(NOW).until(NOW)
  const client = hubClient(hub.url, { token: undefined })
  for (const [signal, items] of Object.entries({ traces, logs, metrics }))
    await client.send(signal as 'traces' | 'logs' | 'metrics', items)
}, 60_000)

afterAll(async () => {
  await hub.close()
  await folder[Symbol.asyncDispose]()
})

async function ask<Answer>(path: string): Promise<Answer> {
  const response = await fetch(hub.url + path)
  expect(response.status).toBe(200)
  return (await response.json()) as Answer
}

describe('the incident of the shop', () => {
  test('is a version that is worse than the one before', async () => {
    const { versions, comparison } = await ask<{
      versions: Array<{ version: string; instances: readonly string[]; errorRatio: number }>
      comparison: object
    }>(`/api/services/payments/versions?from=${NOW - 30 * 60_000}&to=${NOW}`)
    expect(versions.map(({ version }) => version)).toEqual(['1.4.2', '1.4.1'])
    expect(versions[0]?.errorRatio).toBeGreaterThan(10 * (versions[1]?.errorRatio ?? 1))
    expect(comparison).toMatchObject({
      version: '1.4.2',
      than: '1.4.1',
      worse: expect.arrayContaining(['errors', 'p95']),
      routes: [{ method: 'POST', route: '/payments', share: expect.closeTo(1) }],
    })
  })

  test('makes traces slower than usual, in the version that was deployed', async () => {
    const { traces } = await ask<{ traces: Array<{ traceId: string }> }>(
      `/api/traces?service=payments&q=version:1.4.2&order=slowest&limit=1&from=${NOW - 30 * 60_000}`,
    )
    const { service, children } = await ask<{
      service: string
      children: Array<{
        service: string
        version: string
        versions: Array<{ version: string; traces: number; p50: string; errorRatio: number }>
      }>
    }>(`/api/traces/${traces[0]?.traceId}/usual`)
    expect(service).toBe('shop-web')
    const payments = children.find((child) => child.service === 'payments')
    expect(payments).toMatchObject({
      version: '1.4.2',
      versions: [{ version: '1.4.2' }, { version: '1.4.1' }],
    })
    const [faulty, sound] = payments?.versions ?? []
    expect(Number(faulty?.p50)).toBeGreaterThan(2 * Number(sound?.p50))
    expect(faulty?.errorRatio).toBeGreaterThan(sound?.errorRatio ?? 1)
    for (const each of payments?.versions ?? []) expect(each.traces).toBeGreaterThanOrEqual(10)
  })
})
