import { expect, test } from '@jest/globals'
import { createReader } from '@sightline/otlp'

import { createStoredCounts } from '../../src/ingest/threads/stored-counts.ts'

const NOW = 1_769_860_800_000

/** A request with log records of services, at times before `NOW` in milliseconds. */
function logs(services: ReadonlyArray<{ instance: string; namespace?: string; before: readonly number[] }>) {
  const text = (key: string, value: string) => ({ key, value: { stringValue: value } })
  const resourceLogs = services.map(({ instance, namespace, before }) => ({
    resource: {
      attributes: [
        text('service.name', instance.replace(/-\d$/, '')),
        text('service.instance.id', instance),
        ...(namespace === undefined ? [] : [text('service.namespace', namespace)]),
      ],
    },
    scopeLogs: [{ logRecords: before.map((ms) => ({ timeUnixNano: `${NOW - ms}000000` })) }],
  }))
  return createReader().logs(new TextEncoder().encode(JSON.stringify({ resourceLogs })), 'json')
}

test('items are counted by job, with the time of the newest against the clock of the hub', () => {
  const { rows, resource, resources, times } = logs([
    { instance: 'shop-1', before: [3_000, 200] },
    { instance: 'cart-1', namespace: 'eu', before: [-60_000] },
    // A second process of the shop, whose records were delayed.
    { instance: 'shop-2', before: [9_000, 8_000] },
  ])
  expect(createStoredCounts(() => NOW).ofRows('logs', rows, resource, resources, times)).toEqual([
    { signal: 'logs', job: 'shop', items: 4, aheadMs: -200 },
    { signal: 'logs', job: 'eu/cart', items: 1, aheadMs: 60_000 },
  ])
})

test('a request without items counts nothing', () => {
  const { rows, resource, resources, times } = logs([{ instance: 'shop-1', before: [] }])
  expect(createStoredCounts(() => NOW).ofRows('logs', rows, resource, resources, times)).toEqual([])
})
