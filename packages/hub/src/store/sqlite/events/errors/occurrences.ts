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
