import { expect, it } from '@jest/globals'

import { deliveryFamilies } from '../src/metrics/deliveries.ts'
import { linesOf } from '../src/series/exposition.ts'

it('shows the accounts of deliveries as metrics', () => {
  const families = deliveryFamilies(() => [
    {
      destination: 'test',
      signal: 'items',
      produced: 14,
      delivered: 10,
      dropped: { http_400: 3 },
      queued: 1,
      queuedBytes: 100,
    },
  ])
  expect(families.flatMap((family) => [...linesOf(family, 'prometheus')]).join('')).toBe(
    [
      'sightline_delivery_produced_total{destination="test",signal="items"} 14',
      'sightline_delivery_delivered_total{destination="test",signal="items"} 10',
      'sightline_delivery_dropped_total{destination="test",signal="items",reason="http_400"} 3',
      'sightline_delivery_queued{destination="test",signal="items"} 1',
      'sightline_delivery_queued_bytes{destination="test",signal="items"} 100',
      '',
    ].join('\n'),
  )
})
