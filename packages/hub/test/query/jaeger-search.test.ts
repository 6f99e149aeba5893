import { expect, test } from '@jest/globals'

import { jaegerTracesView } from '../../src/query/tasks/view-tasks.ts'
import type { StoredSpan } from '../../src/store/events.ts'
import type { TraceSummary } from '../../src/store/search.ts'
import { partialReader } from '../api/api-over.ts'

const ids = ['a', 'b', 'c'].map((digit) => digit.repeat(32))

const span = (traceId: string): StoredSpan => ({
  traceId,
  spanId: '1'.repeat(16),
  parentSpanId: '',
  traceState: '',
  flags: 0,
  name: 'GET',
  kind: 2,
  start: 0n,
  end: 1n,
  statusCode: 0,
  statusMessage: '',
  attributes: {},
  droppedAttributes: 0,
  events: [],
  droppedEvents: 0,
  links: [],
  droppedLinks: 0,
  resource: { attributes: {}, droppedAttributes: 0, schemaUrl: '' },
  scope: { name: '', version: '', attributes: {}, droppedAttributes: 0, schemaUrl: '' },
})

const summary = (traceId: string): TraceSummary => ({
  traceId,
  start: 0n,
  duration: 1n,
  root: { service: '', name: '', statusCode: 0, route: '' },
  spans: 1,
  errors: 0,
  services: [],
  match: { spanId: '', service: '', name: '', duration: 1n },
})

const search = { where: { kind: 'all', of: [] }, from: 0n, to: 1n, limit: 3, order: 'newest' } as const
const late = [{ code: 503, msg: 'The search took too long. It has more results than these.' }]

function contextOf(complete: boolean, timeMs = 60_000) {
  const reader = partialReader({
    traces: async () => ({ items: ids.map(summary), next: undefined, complete }),
    trace: async (id) => (id === ids[1] ? [] : [span(id)]),
  })
  return { reader, signal: new AbortController().signal, timeMs, maxSamples: 1 }
}

test('a search has the spans of its traces, without those that are deleted meanwhile', async () => {
  await expect(jaegerTracesView(contextOf(true), search)).resolves.toMatchObject({
    data: [{ traceID: ids[0] }, { traceID: ids[2] }],
    errors: null,
  })
})

test('a search that reached its time limit says so beside its data', async () => {
  await expect(jaegerTracesView(contextOf(false), search)).resolves.toMatchObject({
    data: [{ traceID: ids[0] }, { traceID: ids[2] }],
    errors: late,
  })
})

test('the time limit also ends the reading of traces', async () => {
  await expect(jaegerTracesView(contextOf(true, -1), { traceIds: ids })).resolves.toMatchObject({
    data: [],
    errors: late,
  })
})
