import type { Condition, Facet, TimeRange } from '../../../search.ts'
import type { LogBlock } from '../blocks/log-block.ts'
import type { FieldColumn } from '../search/fields.ts'
import { columnOf } from '../search/known-fields.ts'
import { createMask } from '../search/mask.ts'
import { newestLogs } from '../search/orders.ts'
import { scan } from '../search/scan.ts'
import { logView } from '../search/view.ts'
import { textOfValue } from '../words/block-words.ts'
import type { SegmentPool } from './segment-pool.ts'

/** Records that the counts are of: the newest that match. */
const RECORDS = 20_000
/** Values of a field that are told. */
const VALUES = 20
/** Longest text of a value. */
const LONGEST = 200

/** The most frequent values of fields among the newest matching records. */
export function facetsOf(
  pool: SegmentPool,
  search: TimeRange & {
    readonly where: Condition
    readonly fields: readonly string[]
    readonly timeMs: number
  },
): Facet[] {
  const facets = search.fields.map((field) => ({ field, counts: new Map<string, number>() }))
  /** The columns of the block before, since most hits follow each other. */
  let columns: { readonly block: LogBlock; readonly of: readonly FieldColumn[] } | undefined
  let records = 0
  scan(
    pool,
    newestLogs,
    {
      ...search,
      mask: createMask(search.where),
      deadline: performance.now() + search.timeMs,
      wanted: RECORDS,
    },
    ({ block, row }) => {
      if (columns?.block !== block) {
        const view = logView(block)
        columns = { block, of: search.fields.map((field) => columnOf(view, field)) }
      }
      for (const [at, column] of columns.of.entries()) {
        const code = column.code(row)
        const counts = facets[at]?.counts
        if (code < 0 || !counts) continue
        const value = textOfValue(column.value(code)).slice(0, LONGEST)
        counts.set(value, (counts.get(value) ?? 0) + 1)
      }
      return ++records < RECORDS
    },
  )
  return facets.map(({ field, counts }) => ({
    field,
    values: [...counts]
      .toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
      .slice(0, VALUES)
      .map(([value, count]) => ({ value, count })),
  }))
}
