import type { StoredLog } from '../../../events.ts'
import { jobOf } from '../../../job.ts'
import type { LogSearch, Page, Surroundings, TimeRange } from '../../../search.ts'
import type { LogBlock } from '../blocks/log-block.ts'
import { textOf } from '../errors/exception-writer.ts'
import { createMask } from '../search/mask.ts'
import { newestLogs, oldestLogs } from '../search/orders.ts'
import { type Hit, type Order, scan } from '../search/scan.ts'
import { logCursor, type Place, readLogCursor, readTailCursor, tailCursor } from './cursors.ts'
import type { SegmentPool } from './segment-pool.ts'
import { positionsOf, tail } from './tail.ts'

/**
 * Searches log records. Pages with `before` go back in the order of time, then file, then row. `after` a record goes forward in that
 * order, and its last page has the cursor of a tail. `after` a tail's cursor goes on in the order of arrival, so that late
 * records are there too: the cursor has the next row of the newest file of each writer.
 * @throws {RangeError} for a cursor that is not one of ours.
 */
export function searchLogs(pool: SegmentPool, search: LogSearch): Page<StoredLog> {
  if (search.after === undefined) return pageOf(pool, newestLogs, search, placeOf(search.before))
  const positions = readTailCursor(search.after)
  return positions ? tail(pool, search, positions) : pageOf(pool, oldestLogs, search, placeOf(search.after))
}

function placeOf(cursor: string | undefined): Place | undefined {
  if (cursor === undefined) return undefined
  const place = readLogCursor(cursor)
  if (!place) throw new RangeError(`'${cursor}' is not a cursor of log records`)
  return place
}

function pageOf(
  pool: SegmentPool,
  order: Order<LogBlock>,
  search: LogSearch,
  behind: Place | undefined,
): Page<StoredLog> {
  // Before the search, within the same state of the files: what the search does not see, the tail will.
  const positions = tailCursor(positionsOf(pool))
  const hits: Hit<LogBlock>[] = []
  const { complete, reached } = scan(
    pool,
    order,
    {
      ...search,
      mask: createMask(search.where),
      behind,
      deadline: performance.now() + search.timeMs,
      wanted: search.limit + 1,
    },
    (hit) => {
      hits.push(hit)
      // One more, to know whether there is another page.
      return hits.length <= search.limit
    },
  )
  const items = hits.slice(0, search.limit).map(logOf)
  const last = hits.length > search.limit ? hits[search.limit - 1]?.place : reached
  const isForward = order === oldestLogs
  const next = last ? logCursor(last) : isForward ? positions : undefined
  return { items, next, complete, ...(behind ? {} : { tail: positions }) }
}

/** A found record, whole. */
function logOf({ block, row, place }: Hit<LogBlock>): StoredLog {
  return { cursor: logCursor(place), ...block.log(row) }
}

const EVERYTHING: TimeRange = { from: 0n, to: 1n << 64n }
/** Milliseconds for each direction of the records around one. */
const SURROUNDINGS_MS = 2000

/** The records around one, of the same service instance, oldest first. None where the record is not there any more. */
export function surroundingLogs(pool: SegmentPool, { cursor, before, after }: Surroundings): StoredLog[] {
  const place = readLogCursor(cursor)
  const name = place && [...pool.kept(), ...pool.segments()].find(({ file }) => file === place.file)
  if (!place || !name) return []
  const hit = pool.use(name, (segment): Hit<LogBlock> | undefined => {
    const row = segment.blockOf('log', place.row)
    const block = row && segment.logs(row)
    return block && { place, block, row: place.row - block.first }
  })
  if (!hit) return []
  const record = logOf(hit)
  const [service, instance] = originOf(record)
  const neighbours = (order: Order<LogBlock>, limit: number) => {
    const found: StoredLog[] = []
    const where =
      service === ''
        ? { kind: 'all' as const, of: [] }
        : { kind: 'field' as const, field: 'service', is: '=' as const, value: service }
    if (limit <= 0) return found
    scan(
      pool,
      order,
      {
        ...EVERYTHING,
        where,
        mask: createMask(where),
        behind: place,
        deadline: performance.now() + SURROUNDINGS_MS,
        wanted: limit + 1000,
      },
      (other) => {
        const main = other.block.main()
        const { attributes } = other.block.resource(main.resource[other.row] ?? 0)
        const same =
          jobOf(attributes) === service && textOf({ attributes }, 'service.instance.id') === instance
        if (same) found.push(logOf(other))
        return found.length < limit
      },
    )
    return found
  }
  return [...neighbours(newestLogs, before).toReversed(), record, ...neighbours(oldestLogs, after)]
}

function originOf({ resource }: StoredLog): [service: string, instance: string] {
  return [jobOf(resource.attributes), textOf(resource, 'service.instance.id')]
}
