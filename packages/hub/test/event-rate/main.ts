/**
 * Stores spans and log records as an event thread does, and prints the rate of one core, the bytes per row and the times of queries:
 * `node --conditions=@sightline/source packages/hub/test/event-rate/main.ts [thousands of each] [rows per commit]`
 *
 * The rates are of the processor's time in this process, so that other programs on the machine do not count.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { EventWriter } from '../../src/store/events.ts'
import type { Condition } from '../../src/store/search.ts'
import { createEventReader } from '../../src/store/sqlite/events/read/event-reader.ts'
import { openEventWriter } from '../../src/store/sqlite/events/write/event-writer.ts'
import { bytesOf } from '../../src/store/sqlite/files/sizes.ts'
import { logColumns, spanColumns } from '../store/columns.ts'
import { newLogs, newSpans } from './events.ts'

const total = Number(process.argv[2] ?? 500) * 1000
const perCommit = Number(process.argv[3] ?? 2048)
const START = 1_793_788_800_000_000_000n
const MS = 1_000_000n

/** Milliseconds of the processor. */
async function spent(work: () => unknown): Promise<number> {
  const start = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}

const folder = mkdtempSync(join(tmpdir(), 'event-rate-'))
/** Fills segments of their own with one kind of events. */
async function store(
  name: string,
  number: number,
  write: (writer: EventWriter, time: bigint, batch: number) => () => void,
): Promise<void> {
  const writer = openEventWriter(folder, number)
  let ms = 0
  for (let rows = 0, batch = 0; rows < total; rows += perCommit, batch++) {
    const add = write(writer, START + BigInt(rows) * MS, batch)
    ms += await spent(() => {
      add()
      writer.commit()
    })
  }
  writer.close()
  const bytes = readdirSync(join(folder, 'events'))
    .filter((file) => file.endsWith(`-${number}.db`))
    .reduce((sum, file) => sum + bytesOf(join(folder, 'events', file)), 0)
  const rate = Math.round((total / ms) * 1000)
  console.log(`${name}: ${rate} rows/s on one core, ${(bytes / total).toFixed(1)} bytes per row`)
}

await store('spans', 0, (writer, time, batch) => {
  const columns = spanColumns(newSpans(perCommit, time, batch))
  return () => writer.spans(columns, [])
})
await store('log records', 1, (writer, time, batch) => {
  const columns = logColumns(newLogs(perCommit, time, batch))
  // One record of 200,000 has a word that no other has.
  const isOdd = batch % Math.ceil(200_000 / perCommit) === 0
  const odd = isOdd ? logColumns([{ time, body: 'an oddity' }]) : undefined
  return () => {
    writer.logs(columns, [])
    if (odd) writer.logs(odd, [])
  }
})

const reader = createEventReader(folder)
const all: Condition = { kind: 'all', of: [] }
const word = (text: string): Condition => ({ kind: 'text', text, phrase: false })
const end = START + BigInt(total) * MS
const always = { from: 0n, to: end + 3_600_000n * MS, limit: 100, timeMs: 60_000 }
const lastHour = { ...always, from: end - 3_600_000n * MS }
const { items } = await reader.traces({ ...always, where: all, order: 'newest' })

const queries: Readonly<Record<string, (n: number) => Promise<unknown>>> = {
  'a trace by its id': (n) => reader.trace(items[n]?.traceId ?? ''),
  'an unknown trace': (n) => reader.trace(`${n}`.padStart(32, 'ab')),
  'log records with a rare word': () => reader.logs({ ...always, where: word('oddity') }),
  'log records of the last hour with common words': () =>
    reader.logs({ ...lastHour, where: { kind: 'all', of: [word('users'), word('200')] } }),
  'errors of the last hour': () =>
    reader.logs({ ...lastHour, where: { kind: 'field', field: 'level', is: '>=', value: 'error' } }),
  'the histogram of the last hour': () => reader.histogram({ ...lastHour, where: all, buckets: 60 }),
  'the newest 100 traces': () => reader.traces({ ...always, where: all, order: 'newest' }),
  'the slowest 100 traces of the last hour': () =>
    reader.traces({ ...lastHour, where: all, order: 'slowest' }),
}
for (const [name, query] of Object.entries(queries)) {
  const times: number[] = []
  for (let n = 0; n < 20; n++) times.push(await spent(() => query(n)))
  const sorted = times.toSorted((a, b) => a - b)
  console.log(`${name}: ${sorted[10]?.toFixed(1)} ms of the processor, p95 ${sorted[18]?.toFixed(1)} ms`)
}
reader.close()
rmSync(folder, { recursive: true })
