import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from '@jest/globals'

import { range } from '../../src/query/tasks/promql-tasks.ts'
import { sqliteStore } from '../../src/store/sqlite/store.ts'
import type { Store, StoreReader } from '../../src/store/store.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const STEP = 10 * MINUTE
const STEPS = 12

let folder: string
let store: Store
let reader: StoreReader

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lookback-'))
  store = sqliteStore({ folder, maxDisk: 1e9, retention: 400 * DAY, seriesPerJob: 100 })
  reader = store.openReader()
})

afterEach(async () => {
  reader.close()
  await rm(folder, { recursive: true })
})

/** The steps of a query that have a value, where samples are ten minutes apart, each 7 minutes before a step. */
async function stepsAt(start: number, query: string): Promise<number> {
  const writer = store.openSeries()
  const series = writer.series({ __name__: 'queue', job: 'shop' })
  if (series === undefined) throw new Error('The series was refused.')
  for (let step = 0; step < STEPS; step++) writer.append(series, start + step * STEP - 7 * MINUTE, step)
  writer.commit()
  writer.close()
  const context = { reader, signal: new AbortController().signal, timeMs: 60_000, maxSamples: 1_000 }
  const end = start + (STEPS - 1) * STEP
  const { result } = await range(context, { query, start, end, step: STEP })
  return result[0]?.values.length ?? 0
}

test('samples of which one in ten minutes was kept have no gaps', async () => {
  expect(await stepsAt(Date.now() - 40 * DAY, 'queue')).toBe(STEPS)
})

test('samples of a month ago have no gaps beside those of today', async () => {
  const start = Date.now() - DAY
  await stepsAt(start - 40 * DAY, 'queue')
  expect(await stepsAt(start, 'queue offset 40d')).toBe(STEPS)
})

test('newer samples are seen for five minutes', async () => {
  expect(await stepsAt(Date.now() - DAY, 'queue')).toBe(0)
})
