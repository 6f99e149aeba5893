import { type Log, messageOf } from './log.ts'

/** A line of the list: a record, and how often the same text came within a few seconds. */
export interface Row {
  readonly log: Log
  /** How often, itself included. Rises while records arrive. */
  times: number
  /** The time of the last of them, as the record's time. */
  until: string
}

/** Nanoseconds within which equal lines are folded into the first of them. */
const TOGETHER = 5_000_000_000n
/** Texts that are remembered. Older ones cannot be within the time at the rates that a page can show. */
const MOST_TEXTS = 4_000

/** Makes rows of records in the order of their time, and folds those that read the same. */
export class Rows {
  readonly #folds: boolean
  #recent = new Map<string, Row>()

  /**
   * @param folds Whether equal lines are folded
   */
  constructor(folds: boolean) {
    this.#folds = folds
  }

  /** The rows of records that follow those before. A record that is folded only changes the row of the first one. */
  of(logs: readonly Log[]): Row[] {
    const rows: Row[] = []
    for (const log of logs) {
      const text = this.#folds ? readText(log) : ''
      const first = this.#recent.get(text)
      if (first !== undefined && isTogether(first.log.time, log.time)) {
        first.times++
        if (log.time > first.until) first.until = log.time
        continue
      }
      const row: Row = { log, times: 1, until: log.time }
      rows.push(row)
      if (this.#folds) this.#remember(text, row)
    }
    return rows
  }

  #remember(text: string, row: Row): void {
    this.#recent.delete(text)
    this.#recent.set(text, row)
    if (this.#recent.size <= MOST_TEXTS) return
    this.#recent = new Map([...this.#recent].slice(MOST_TEXTS / 2))
  }
}

/**
 * Adds rows behind others, so that all are in the order of time: records of several services arrive a little out of order.
 */
export function merged(rows: readonly Row[], added: readonly Row[]): Row[] {
  const earliest = added.reduce(
    (time, { log }) => (log.time < time ? log.time : time),
    added[0]?.log.time ?? '',
  )
  let at = rows.length
  while (at > 0 && (rows[at - 1]?.log.time ?? '') > earliest) at--
  const end = [...rows.slice(at), ...added].toSorted((a, b) =>
    a.log.time < b.log.time ? -1 : Number(a.log.time > b.log.time),
  )
  return at === 0 ? end : rows.slice(0, at).concat(end)
}

const readText = (log: Log): string =>
  `${log.level} ${log.service} ${log.instance} ${messageOf(log)} ${JSON.stringify(log.attributes)}`

function isTogether(first: string, next: string): boolean {
  const between = BigInt(next) - BigInt(first)
  return between >= 0n && between <= TOGETHER
}
