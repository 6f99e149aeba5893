import { setTimeout as pause } from 'node:timers/promises'

import { paletteOf } from '../text/terminal.ts'
import { type Asking, hubTime } from './command.ts'
import { type LogRecord, logLine } from './log-line.ts'

/** A page of `/api/logs`. */
interface Page {
  readonly records: readonly LogRecord[]
  readonly next: string | null
  readonly complete: boolean
}

/** How often `--follow` asks for new records, in milliseconds. */
const FOLLOW_MS = 500

/** `sightline logs QUERY`: the newest records that match, oldest first, and with `--follow` those that arrive. */
export async function logs(asking: Asking, query: string): Promise<void> {
  const { client, wishes, out, signal } = asking
  const colours = paletteOf(out)
  function print(records: readonly LogRecord[]): void {
    for (const record of records)
      out.write(`${wishes.json ? JSON.stringify(record) : logLine(record, colours)}\n`)
  }

  const range = { q: query || undefined, from: hubTime(wishes.from), to: hubTime(wishes.to) }
  const page = (await client.get('/api/logs', { ...range, limit: wishes.limit })) as Page
  print(page.records.toReversed())
  if (!page.complete) out.write('The search reached its time limit: narrow the query or the time range.\n')
  if (wishes.follow) await follow(page.records[0]?.cursor)

  async function follow(newest: string | undefined): Promise<void> {
    let after = newest
    const from = new Date().toISOString()
    while (!signal.aborted) {
      await pause(FOLLOW_MS, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return
      const { records } = (await client.get('/api/logs', {
        q: range.q,
        from: after === undefined ? from : (range.from ?? 'now-1h'),
        after,
        limit: 1_000,
      })) as Page
      const inOrder = after === undefined ? records.toReversed() : records
      print(inOrder)
      after = inOrder.at(-1)?.cursor ?? after
    }
  }
}
