import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'

import { type AttributeColumns, type Columns, createReader, VALUE } from '@sightline/otlp'

import type { StreamPlan } from '../load/plan.ts'
import { contentOf } from '../load/prepare.ts'

/** The rate of a loop that only inserts rows. */
export interface BareLoop {
  readonly perSecond: number
  /** CPU time of a row, in microseconds. */
  readonly cpuMicros: number
}

type Row = readonly SQLInputValue[]

const ROWS_OF_TRANSACTION = 512
const BODIES = 48

/**
 * Inserts prepared rows into a table of SQLite with the columns of the signal, without index, as fast as one core can: the settings of
 * the file are those of the hub's files.
 */
export function runBareLoop(plan: Omit<StreamPlan, 'timeline'>, seconds: number): BareLoop {
  const rows = rowsOf(plan)
  const folder = mkdtempSync(join(tmpdir(), 'bench-bare-'))
  const db = new DatabaseSync(join(folder, 'bare.db'))
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000')
    const columns = (rows[0] ?? []).map((_, index) => `c${index}`)
    db.exec(`CREATE TABLE items (${columns.join(', ')})`)
    const insert = db.prepare(`INSERT INTO items VALUES (${columns.map(() => '?').join(', ')})`)
    let done = 0
    const insertAll = () => {
      for (let at = 0; at < rows.length; at += ROWS_OF_TRANSACTION) {
        db.exec('BEGIN')
        for (const row of rows.slice(at, at + ROWS_OF_TRANSACTION)) insert.run(...row)
        db.exec('COMMIT')
      }
      done += rows.length
    }
    insertAll()
    done = 0
    const [begun, cpu] = [performance.now(), process.cpuUsage()]
    while (performance.now() - begun < seconds * 1_000) insertAll()
    const { user, system } = process.cpuUsage(cpu)
    return { perSecond: (done / (performance.now() - begun)) * 1_000, cpuMicros: (user + system) / done }
  } finally {
    db.close()
    rmSync(folder, { recursive: true })
  }
}

/** Rows of a table as a program would prepare them from requests: ids as bytes, times in nanoseconds, attributes as JSON. */
function rowsOf(plan: Omit<StreamPlan, 'timeline'>): Row[] {
  const content = contentOf({ ...plan, timeline: { seed: 3, from: Date.now(), stepMs: 1 } })
  const reader = createReader()
  return Array.from({ length: BODIES }, (_, index) => content(index)).flatMap(({ body }) => {
    switch (plan.signal) {
      case 'traces':
        return spanRows(reader.spans(body, 'protobuf'))
      case 'logs':
        return logRows(reader.logs(body, 'protobuf'))
      case 'metrics':
        return pointRows(reader.metrics(body, 'protobuf'))
    }
  })
}

type Reader = ReturnType<typeof createReader>

function spanRows(columns: ReturnType<Reader['spans']>): Row[] {
  const { strings, starts, ends, events, traceIds, spanIds, parentIds } = columns
  const text = (index: number | undefined) => strings[index ?? 0] ?? ''
  return everyRow(columns, (row) => [
    traceIds.slice(row * 16, row * 16 + 16),
    spanIds.slice(row * 8, row * 8 + 8),
    parentIds.slice(row * 8, row * 8 + 8),
    text(columns.traceStates[row]),
    text(columns.names[row]),
    columns.kinds[row] ?? 0,
    nanoseconds(starts, row),
    nanoseconds(ends, row),
    columns.flags[row] ?? 0,
    columns.statusCodes[row] ?? 0,
    text(columns.statusMessages[row]),
    attributesText(columns, columns.attributes, row),
    eventsText(columns, events, row),
    columns.resource[row] ?? 0,
    columns.scope[row] ?? 0,
  ])
}

function eventsText(
  columns: Columns,
  { offsets, names, times, attributes }: ReturnType<Reader['spans']>['events'],
  row: number,
): string {
  const list: unknown[] = []
  for (let event = offsets[row] ?? 0; event < (offsets[row + 1] ?? 0); event++)
    list.push([
      columns.strings[names[event] ?? 0],
      times.ms[event],
      attributesText(columns, attributes, event),
    ])
  return JSON.stringify(list)
}

function logRows(columns: ReturnType<Reader['logs']>): Row[] {
  const { strings, times, observedTimes, traceIds, spanIds } = columns
  const text = (index: number | undefined) => strings[index ?? 0] ?? ''
  return everyRow(columns, (row) => [
    nanoseconds(times, row),
    nanoseconds(observedTimes, row),
    columns.severities[row] ?? 0,
    text(columns.severityTexts[row]),
    text(columns.bodies[row]),
    attributesText(columns, columns.attributes, row),
    columns.flags[row] ?? 0,
    traceIds.slice(row * 16, row * 16 + 16),
    spanIds.slice(row * 8, row * 8 + 8),
    text(columns.eventNames[row]),
    columns.resource[row] ?? 0,
    columns.scope[row] ?? 0,
  ])
}

function pointRows(columns: ReturnType<Reader['metrics']>): Row[] {
  const { buckets, bounds, starts, times } = columns
  const list = ({ offsets, numbers }: typeof buckets, row: number) =>
    JSON.stringify([...numbers.subarray(offsets[row], offsets[row + 1])])
  return everyRow(columns, (row) => [
    columns.metric[row] ?? 0,
    columns.set[row] ?? 0,
    nanoseconds(starts, row),
    nanoseconds(times, row),
    columns.flags[row] ?? 0,
    columns.values[row] ?? 0,
    columns.counts[row] ?? 0,
    columns.sums[row] ?? 0,
    list(buckets, row),
    list(bounds, row),
  ])
}

function everyRow({ rows }: Columns, make: (row: number) => Row): Row[] {
  return Array.from({ length: rows }, (_, row) => make(row))
}

function nanoseconds({ ms, ns }: { ms: Float64Array; ns: Uint32Array }, row: number): bigint {
  return BigInt(ms[row] ?? 0) * 1_000_000n + BigInt(ns[row] ?? 0)
}

function attributesText(
  { strings }: Columns,
  { offsets, keys, types, numbers }: AttributeColumns,
  row: number,
) {
  const attributes: Record<string, unknown> = {}
  for (let at = offsets[row] ?? 0; at < (offsets[row + 1] ?? 0); at++) {
    const number = numbers[at] ?? 0
    attributes[strings[keys[at] ?? 0] ?? ''] = types[at] === VALUE.string ? strings[number] : number
  }
  return JSON.stringify(attributes)
}
