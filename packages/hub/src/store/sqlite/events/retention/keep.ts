import type { DatabaseSync } from 'node:sqlite'

import type { SegmentName } from '../../files/names.ts'
import { momentOf } from '../errors/error-groups.ts'
import type { Segment } from '../read/segment.ts'
import type { Signal } from '../schema.ts'
import { createFormats, SegmentWriter } from '../write/segment-writer.ts'
import { chooseTraces, tracesOf } from './choice.ts'

const ALWAYS = { min: -Infinity, max: Infinity }
/** `StatusCode` of a failed span, and the first severity of an error. */
const FAILED = 2
const ERROR = 17
/** The part of a segment's rows that is kept at most, and the number that may be kept of each. */
const LARGEST_PART = 0.05
const ALWAYS_ROWS = 1000
/** Exceptions of a segment that are kept at most: the newest. */
const MOST_EXCEPTIONS = 100_000

/**
 * Copies what is kept longer than its segment into the file of a day: errors, and the traces of slow requests, of samples of errors and
 * of exemplars. A segment that was copied before is not copied again.
 */
export function keepEvents(
  segment: Segment,
  name: SegmentName,
  kept: DatabaseSync,
  linked: ReadonlySet<string>,
  now: number,
): void {
  if (kept.prepare('SELECT 1 FROM sources WHERE file = ?').get(name.file)) return
  const writer = new SegmentWriter(kept, createFormats(), () => now)
  writer.begin()
  try {
    const chosen = chooseTraces(segment, linked)
    copySpans(segment, writer, chosen)
    copyLogs(segment, writer, chosen)
    copyExceptions(segment, writer)
    kept.prepare('INSERT INTO sources (file) VALUES (?)').run(name.file)
    writer.spans.finish()
    writer.logs.finish()
    writer.commit()
  } catch (error) {
    writer.rollback()
    throw error
  }
}

/** How many more rows may be copied only for being errors. */
function budgetOf(segment: Segment, signal: Signal): number {
  return Math.max(ALWAYS_ROWS, Math.floor(segment.next(signal) * LARGEST_PART))
}

function copySpans(segment: Segment, writer: SegmentWriter, chosen: ReadonlySet<string>): void {
  let budget = budgetOf(segment, 'span')
  const exceptional = exceptionalRows(segment, 'span')
  for (const row of segment.blocks('span', ALWAYS)) {
    const block = segment.spans(row)
    const ids = block.ids()
    const isChosen = tracesOf(ids).map((trace) => chosen.has(trace))
    const { statusCode } = block.main()
    const rows = rowsWhere(block.rows, (at) => {
      if (isChosen[ids.trace[at] ?? 0]) return true
      return (statusCode[at] === FAILED || exceptional.has(block.first + at)) && budget-- > 0
    })
    if (rows.length > 0) writer.spans.addRows(block.columns(), rows)
  }
}

function copyLogs(segment: Segment, writer: SegmentWriter, chosen: ReadonlySet<string>): void {
  let budget = budgetOf(segment, 'log')
  const exceptional = exceptionalRows(segment, 'log')
  for (const row of segment.blocks('log', ALWAYS)) {
    const block = segment.logs(row)
    const ids = block.ids()
    const isChosen = tracesOf(ids).map((trace) => chosen.has(trace))
    const { severity } = block.times()
    const rows = rowsWhere(block.rows, (at) => {
      if (isChosen[ids.trace[at] ?? 0]) return true
      return ((severity[at] ?? 0) >= ERROR || exceptional.has(block.first + at)) && budget-- > 0
    })
    if (rows.length > 0) writer.logs.addRows(block.columns(), rows)
  }
}

function rowsWhere(count: number, isWanted: (row: number) => boolean): number[] {
  const rows: number[] = []
  for (let row = 0; row < count; row++) if (isWanted(row)) rows.push(row)
  return rows
}

/** Rows with an exception. */
function exceptionalRows(segment: Segment, source: Signal): ReadonlySet<number> {
  const rows = segment
    .sql('SELECT row FROM exceptions WHERE source = ? ORDER BY id DESC LIMIT ?')
    .iterate(source, MOST_EXCEPTIONS)
  return new Set(Array.from(rows, ({ row }) => Number(row)))
}

function copyExceptions(segment: Segment, writer: SegmentWriter): void {
  const rows = segment.sql(
    `SELECT e.*, coalesce(e.message, g.message) AS text, g.fingerprint, g.type, g.stack, o.service, o.instance, o.version FROM exceptions e
     JOIN error_groups g ON g.id = e.error JOIN error_origins o ON o.id = e.origin ORDER BY e.id DESC LIMIT ${MOST_EXCEPTIONS}`,
  )
  for (const row of rows.iterate()) {
    const text = (name: string) => String(row[name])
    writer.exceptions.insert({
      fingerprint: text('fingerprint'),
      time: momentOf(row),
      type: text('type'),
      message: text('text'),
      stack: text('stack'),
      version: text('version'),
      route: text('route'),
      user: text('user'),
      source: row['source'] === 'log' ? 'log' : 'span',
      row: Number(row['row']),
      service: text('service'),
      instance: text('instance'),
      trace: bytesOf(row['trace']),
      span: bytesOf(row['span']),
    })
  }
}

function bytesOf(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array(0)
}
