import { existsSync, openSync, readdirSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { afterEach, beforeEach, expect, test } from '@jest/globals'

import { createEventReader } from '../../src/store/sqlite/events/read/event-reader.ts'
import { openEventWriter } from '../../src/store/sqlite/events/write/event-writer.ts'
import { sqliteStore } from '../../src/store/sqlite/store.ts'
import { logColumns, spanColumns } from './columns.ts'
import { ALWAYS, EVERYTHING, LIMITS, spanId, START, traceId } from './events/samples.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'store-'))
})
afterEach(() => rm(folder, { recursive: true }))

const openStore = () => sqliteStore({ folder, maxDisk: 2 ** 30, retention: 86_400_000, seriesPerJob: 1000 })
const files = (name = 'events') => readdirSync(join(folder, name)).filter((file) => !/-(wal|shm)$/.test(file))
const problems = async () => {
  const keeper = openStore().openKeeper()
  const state = await keeper.state()
  keeper.close()
  return state.problems
}

/** Writes a span and a log record to a new or existing segment. */
function write(n: number, now = () => Date.now(), segmentMs?: number): void {
  const writer = openEventWriter(folder, 0, { now, segmentMs })
  writer.spans(spanColumns([{ traceId: traceId(n), spanId: spanId(n), start: START }]), [])
  writer.logs(logColumns([{ time: START, body: `line ${n}` }]), [])
  writer.commit()
  writer.close()
}

async function found(): Promise<string[]> {
  const reader = createEventReader(folder)
  const { items } = await reader.logs({ ...ALWAYS, ...LIMITS, where: EVERYTHING })
  reader.close()
  return items.map(({ body }) => String(body)).toSorted()
}

test('a file that is not a database is renamed and reported, and does not stop the start', async () => {
  write(1)
  const [file = ''] = files()
  const path = join(folder, 'events', file)
  for (const companion of ['-wal', '-shm']) rmSync(path + companion, { force: true })
  writeSync(openSync(path, 'r+'), Buffer.alloc(4096, 'x'), 0, 4096, 0)
  write(2)
  expect(await found()).toEqual(['line 2'])
  expect(files()).toContain(`${file}.damaged`)
  expect(await problems()).toEqual([expect.stringContaining(`${file}.damaged`)])
})

test('an old file that is damaged within is renamed when a query meets it, and the others are read', async () => {
  let time = Date.now()
  const writer = openEventWriter(folder, 0, { now: () => time, segmentMs: 1000 })
  writer.logs(
    logColumns(
      Array.from({ length: 5000 }, (_, n) => ({ time: START, body: `old ${n} ${'x'.repeat(n % 50)}` })),
    ),
    [],
  )
  writer.commit()
  time += 100_000
  writer.logs(logColumns([{ time: START, body: 'new' }]), [])
  writer.commit()
  const [old = ''] = files()
  const path = join(folder, 'events', old)
  const pages = new DatabaseSync(path)
  pages.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  pages.close()
  truncateSync(path, 60_000)
  expect(await found()).toEqual(['new'])
  expect(existsSync(`${path}.damaged`)).toBe(true)
  writer.close()
})

test('a file of another version is set aside whole, and not deleted', async () => {
  write(1)
  const [file = ''] = files()
  const db = new DatabaseSync(join(folder, 'events', file))
  db.exec('PRAGMA user_version = 99')
  db.close()
  write(2)
  expect(await found()).toEqual(['line 2'])
  const aside = new DatabaseSync(join(folder, 'events', `${file}.v99`), { readOnly: true })
  expect(aside.prepare('SELECT count(*) AS count FROM log_blocks').get()?.['count']).toBe(1)
  aside.close()
  expect(await problems()).toEqual([expect.stringContaining('another version')])
})

test('a segment that readers have open has an empty log after its writer', async () => {
  const writer = openEventWriter(folder, 0)
  writer.logs(logColumns([{ time: START, body: 'line 1' }]), [])
  writer.commit()
  const reader = createEventReader(folder)
  const lines = async () => (await reader.logs({ ...ALWAYS, ...LIMITS, where: EVERYTHING })).items
  expect(await lines()).toHaveLength(1)
  const [file = ''] = files()
  const log = join(folder, 'events', `${file}-wal`)
  expect(statSync(log).size).toBeGreaterThan(0)
  writer.close()
  expect(statSync(log).size).toBe(0)
  expect(await lines()).toHaveLength(1)
  reader.close()
})

test('a segment ends with its time or its size, and one that is small goes on for longer', () => {
  const day = 86_400_000
  let time = Date.UTC(2026, 10, 4, 12)
  const writer = openEventWriter(folder, 3, { now: () => time })
  const add = (count: number) => {
    writer.logs(logColumns(Array.from({ length: count }, (_, n) => ({ body: `line ${n}` }))), [])
    writer.commit()
  }
  add(1)
  time += day / 2
  add(1)
  expect(files()).toEqual(['20261104T120000000-3.db'])
  time += day / 2
  add(1)
  expect(files()).toEqual(['20261104T120000000-3.db', '20261105T120000000-3.db'])
  writer.close()

  const small = openEventWriter(folder, 4, { now: () => time, segmentBytes: 200_000 })
  for (let n = 0; n < 40; n++) {
    small.logs(
      logColumns(Array.from({ length: 500 }, (_, i) => ({ body: `line ${n} ${Math.sin(n * 500 + i)}` }))),
      [],
    )
    small.commit()
  }
  small.close()
  expect(files().filter((file) => file.endsWith('-4.db')).length).toBeGreaterThan(1)
})

test('small commits become few blocks', () => {
  const writer = openEventWriter(folder, 0)
  for (let n = 0; n < 3000; n++) {
    writer.logs(logColumns([{ body: `line ${n}` }]), [])
    writer.commit()
  }
  writer.close()
  const db = new DatabaseSync(join(folder, 'events', files()[0] ?? ''), { readOnly: true })
  const blocks = db.prepare('SELECT first, rows, indexed FROM log_blocks ORDER BY first').all()
  db.close()
  expect(blocks.length).toBeLessThan(40)
  // Without gaps.
  let next = 0
  for (const { first, rows } of blocks) {
    expect(first).toBe(next)
    next += Number(rows)
  }
  expect(next).toBe(3000)
})

test('a reader goes on when a file that it has open is removed', async () => {
  write(1)
  const reader = createEventReader(folder)
  expect(await reader.trace(traceId(1))).toHaveLength(1)
  rmSync(join(folder, 'events'), { recursive: true })
  expect(await reader.trace(traceId(1))).toEqual([])
  expect((await reader.logs({ ...ALWAYS, ...LIMITS, where: EVERYTHING })).items).toEqual([])
  write(2)
  expect(await reader.trace(traceId(2))).toHaveLength(1)
  reader.close()
})
