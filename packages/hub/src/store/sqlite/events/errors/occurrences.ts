import type { TimeRange } from '../../../search.ts'
import type { Segment } from '../read/segment.ts'

/** Columns of a query over `exceptions e`, for {@link Occurrences}. */
export const OCCURRENCES = `
  count(*) FILTER (WHERE e.source = 'span') AS spans,
  count(*) FILTER (WHERE e.source = 'log' AND e.span <> zeroblob(8)) AS logs,
  count(*) FILTER (WHERE e.source = 'log' AND e.span = zeroblob(8)) AS alone`

/**
 * Counts how often an error has occurred. A service tells of one error in an event of its span, in a log record, or in both, and the
 * two may be stored in different files. Hence the larger of both counts: an unsampled span has only the record, and a service
 * that exports no logs only the event. Records outside of spans are counted besides.
 */
export class Occurrences {
  #spans = 0
  #logs = 0
  #alone = 0

  add(row: Readonly<Record<string, unknown>> | undefined): void {
    this.#spans += Number(row?.['spans'] ?? 0)
    this.#logs += Number(row?.['logs'] ?? 0)
    this.#alone += Number(row?.['alone'] ?? 0)
  }

  get count(): number {
    return Math.max(this.#spans, this.#logs) + this.#alone
  }
}

/** Occurrences of a group in equal parts of a range. */
export class Trend {
  readonly #values: readonly number[]
  readonly #parts: readonly Occurrences[]

  /** @param values the range as {@link rangeValues} gives it */
  constructor(values: readonly number[], parts: number) {
    this.#values = values
    this.#parts = Array.from({ length: parts }, () => new Occurrences())
  }

  add(segment: Segment, id: number): void {
    const [from = 0, , to = 0] = this.#values
    const width = Math.max(1, (to - from) / this.#parts.length)
    const rows = segment.sql(
      `SELECT CAST((e.ms - ?) / ? AS INTEGER) AS part, ${OCCURRENCES} FROM exceptions e
       WHERE e.error = ? AND ${IN_RANGE} GROUP BY part`,
    )
    for (const row of rows.iterate(from, width, id, ...this.#values))
      this.#parts[Math.min(this.#parts.length - 1, Number(row['part']))]?.add(row)
  }

  get counts(): number[] {
    return this.#parts.map(({ count }) => count)
  }
}

/** The moment of an exception in milliseconds within a range: SQLite compares both of its parts. */
export const IN_RANGE = '(e.ms, e.ns) >= (?, ?) AND (e.ms, e.ns) < (?, ?)'

/** The values of {@link IN_RANGE}. */
export function rangeValues({ from, to }: TimeRange): [number, number, number, number] {
  return [
    Number(from / 1_000_000n),
    Number(from % 1_000_000n),
    Number(to / 1_000_000n),
    Number(to % 1_000_000n),
  ]
}
