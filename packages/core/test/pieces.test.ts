import { expect, it } from '@jest/globals'

import { linesOf } from '../src/series/exposition.ts'
import type { Family } from '../src/series/family.ts'
import { HistogramInstrument } from '../src/series/instruments.ts'
import { labelled } from '../src/series/labels.ts'
import { unpacked } from '../src/workers/messages.ts'
import { type Piece, piecesOf } from '../src/workers/pieces.ts'
import { type Snapshot, SnapshotReader } from '../src/workers/snapshot.ts'
import { wholeOf } from '../src/workers/whole.ts'

async function* all(families: readonly Family[]) {
  yield* families
}

/** The families of a worker as they arrive: `node:cluster` sends JSON. */
async function received(...families: readonly Family[]): Promise<Snapshot> {
  const reader = new SnapshotReader()
  for (const piece of await piecesOf(all(families))) reader.take(JSON.parse(JSON.stringify(piece)) as Piece)
  return reader.snapshot
}

/** What a whole of some workers shows. */
async function shown(...snapshots: readonly Snapshot[]): Promise<string> {
  const parts = snapshots.map((snapshot, i) => ({ worker: String(i + 1), pid: i, thread: 0, snapshot }))
  let text = ''
  for await (const family of wholeOf(parts, new Map())) text += [...linesOf(family, 'prometheus')].join('')
  return text
}

const numbers = (name: string, type: 'counter' | 'gauge', ...values: readonly number[]): Family => ({
  name,
  type,
  help: '',
  series: () => values.map((value, i) => ({ ...labelled({ i: String(i) }), value })),
})

/** A histogram without labels. */
function distribution(bounds: readonly number[], ...values: readonly number[]): Family {
  const histogram = new HistogramInstrument('h', '', 1, bounds)
  for (const value of values) histogram.at('')?.observe(value, undefined)
  return histogram
}

it('sends numbers of all kinds as JSON', async () => {
  const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.1, 5e-324, 2 ** 53]
  const summary: Family = {
    name: 's',
    type: 'summary',
    help: '',
    series: () => [
      { ...labelled({ a: '"' }), quantiles: [{ quantile: 0.5, value: Number.NaN }], sum: 4, count: 2 },
    ],
  }
  expect(await shown(await received({ ...numbers('g', 'gauge', ...odd), across: 'same' }, summary))).toBe(
    [
      'g{i="0"} NaN',
      'g{i="1"} +Inf',
      'g{i="2"} -Inf',
      'g{i="3"} 0.1',
      'g{i="4"} 5e-324',
      'g{i="5"} 9007199254740992',
      's{worker="1",a="\\"",quantile="0.5"} NaN',
      's_sum{worker="1",a="\\""} 4',
      's_count{worker="1",a="\\""} 2',
      '',
    ].join('\n'),
  )
})

it('sends a long family in bounded pieces', async () => {
  const values = Array.from({ length: 10_000 }, (_, i) => i)
  const pieces = await piecesOf(
    all([numbers('first_total', 'counter', 1), numbers('long_total', 'counter', ...values)]),
  )
  expect(pieces.length).toBeGreaterThan(3)
  for (const piece of pieces) expect(JSON.stringify(piece).length).toBeLessThan(65_536)
  const reader = new SnapshotReader()
  for (const piece of pieces) reader.take(piece)
  expect(reader.snapshot.get('first_total')?.series.size).toBe(1)
  expect([...(reader.snapshot.get('long_total')?.series.values() ?? [])]).toEqual(
    values.map((value) => [value]),
  )
})

it('adds up the histograms of workers whose buckets differ, without counting a value as smaller than it was', async () => {
  const one = await received(distribution([1, 5, 10], 0.5, 3, 7))
  const other = await received(distribution([2, 5, 20], 1.5, 4, 15, 30))
  expect(await shown(one, other)).toBe(
    [
      'h_bucket{le="1"} 1',
      'h_bucket{le="5"} 4',
      'h_bucket{le="10"} 5',
      'h_bucket{le="+Inf"} 7',
      'h_sum 61',
      'h_count 7',
      '',
    ].join('\n'),
  )
})

it('shows a metric as the first worker has it, where another one has a metric of another type under its name', async () => {
  const one = await received(numbers('h', 'counter', 3))
  expect(await shown(one, await received(distribution([1], 0.5)))).toBe('h{i="0"} 3\n')
})

it('ignores workers that speak another form of the protocol', () => {
  const text = '# HELP x X.\n# TYPE x counter\nx 1\n'
  expect(unpacked({ protocol: 'sightline.workers.1', is: 'piece', member: 'm', text })).toBeUndefined()
})
