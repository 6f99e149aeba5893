import { expect, test } from '@jest/globals'

import { DeltaRelay } from '../../src/ingest/delta-relay.ts'
import type { DerivedDeltas } from '../../src/ingest/derive/deltas.ts'
import { createDerivation } from '../../src/ingest/derive/derivation.ts'
import { logColumns, spanColumns } from '../derive/requests.ts'

/** Deltas of some spans and log records. */
function deltasOf(spans: number, logs = 0): DerivedDeltas {
  const derivation = createDerivation()
  derivation.spans(
    spanColumns(
      'shop',
      Array.from({ length: spans }, () => ({ kind: 3 })),
    ),
  )
  derivation.logs(
    logColumns(
      'shop',
      Array.from({ length: logs }, () => ({ body: 'x' })),
    ),
  )
  return derivation.take()
}

function startRelay() {
  const told: DerivedDeltas[] = []
  const thread = {
    isUp: true,
    tell: ({ deltas }: { readonly deltas: DerivedDeltas }) => void told.push(deltas),
  }
  return { relay: new DeltaRelay(thread), thread, told }
}

test('deltas are sent again to a new thread, except those that were written', () => {
  const { relay, thread, told } = startRelay()
  const all = [deltasOf(1), deltasOf(2), deltasOf(3), deltasOf(4)]
  for (const deltas of all.slice(0, 3)) relay.add(deltas)
  relay.written(1)
  expect(told.splice(0)).toEqual(all.slice(0, 3))
  thread.isUp = false
  relay.ended()
  relay.add(all[3] ?? deltasOf(0))
  expect(told).toEqual([])
  thread.isUp = true
  relay.send()
  expect(told).toEqual(all.slice(1))
  relay.written(3)
  relay.ended()
  relay.send()
  expect(told).toHaveLength(3)
  expect(relay.lost).toEqual({ traces: 0, logs: 0 })
})

test('deltas that are too many to be kept are lost with the thread that has them, and counted', () => {
  const { relay, told } = startRelay()
  // Each has the ends of its calls.
  const large = deltasOf(90_000, 5)
  for (let sent = 0; sent < 5; sent++) relay.add(large)
  expect(told).toHaveLength(5)
  relay.written(1)
  expect(relay.lost).toEqual({ traces: 0, logs: 0 })
  relay.ended()
  expect(relay.lost).toEqual({ traces: 180_000, logs: 10 })
  relay.send()
  expect(told).toHaveLength(7)
  relay.written(2)
  relay.ended()
  expect(relay.lost).toEqual({ traces: 180_000, logs: 10 })
})

test('deltas that are too many while no thread is up are counted at once', () => {
  const { relay, thread, told } = startRelay()
  thread.isUp = false
  const large = deltasOf(90_000)
  for (let added = 0; added < 3; added++) relay.add(large)
  expect(relay.lost).toEqual({ traces: 90_000, logs: 0 })
  thread.isUp = true
  relay.send()
  expect(told).toHaveLength(2)
})
