import { setTimeout as pause } from 'node:timers/promises'

import { jsonLine, paletteOf } from '../text/terminal.ts'
import { UsageError } from '../usage.ts'
import type { Asking } from './command.ts'
import { type LogRecord, logLine } from './log-line.ts'
import { millisecondsAt } from './times.ts'

/** A page of `/api/logs`, the newest record first, after a cursor the oldest. */
interface Page {
  readonly logs: readonly LogRecord[]
  /** The cursor of the next page. `null` on the last one. */
  readonly next: string | null
  readonly complete: boolean
}

/** How often `--follow` asks for new records, in milliseconds. */
const FOLLOW_MS = 500
/** Records of a page, at most. */
const PAGE = 1_000

/** `sightline logs QUERY`: the newest records that match, oldest first, and with `--follow` those that arrive. */
export async function logs({ client, wishes, out, err, signal }: Asking, query: string): Promise<void> {
  if (wishes.follow && wishes.to !== undefined) throw new UsageError('--follow does not end: leave out --to')
  const q = query || undefined
  const from = millisecondsAt(wishes.from, '--from')
  const colours = paletteOf(out)

  async function page(parameters: Readonly<Record<string, string | number | undefined>>): Promise<Page> {
    // The shape of the hub's API.
    return (await client.get('/api/logs', { q, ...parameters })) as Page
  }

  function print(records: readonly LogRecord[]): void {
    for (const record of records) out.write(wishes.json ? jsonLine(record) : `${logLine(record, colours)}\n`)
  }

  async function newest(): Promise<readonly LogRecord[]> {
    const to = millisecondsAt(wishes.to, '--to')
    const found: LogRecord[] = []
    let before: string | undefined
    do {
      const {
        logs: records,
        next,
        complete,
      } = await page({
        from,
        to,
        before,
        limit: Math.min(PAGE, wishes.limit - found.length),
      })
      found.push(...records)
      if (!complete) err.write('The search reached its time limit: narrow the query or the time range.\n')
      before = complete ? (next ?? undefined) : undefined
    } while (before !== undefined && found.length < wishes.limit)
    return found
  }

  async function follow(newestCursor: string | undefined): Promise<void> {
    // Without a record yet, the first that arrive are later than this.
    const since = Date.now()
    let after = newestCursor
    for (;;) {
      await pause(FOLLOW_MS, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return
      const { logs: records } = await page(
        after === undefined ? { from: since, limit: PAGE } : { from, after, limit: PAGE },
      )
      const inOrder = after === undefined ? records.toReversed() : records
      print(inOrder)
      after = inOrder.at(-1)?.cursor ?? after
    }
  }

  const records = await newest()
  print(records.toReversed())
  if (wishes.follow) await follow(records[0]?.cursor)
}
