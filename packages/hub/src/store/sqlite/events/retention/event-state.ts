import { filesOf, type SegmentName } from '../../files/names.ts'
import { bytesOf } from '../../files/sizes.ts'
import type { SegmentPool } from '../read/segment-pool.ts'

/** What a folder holds of events. Times in milliseconds since 1970. */
export interface EventState {
  readonly bytes: { readonly events: number; readonly kept: number }
  readonly oldest: number | undefined
  readonly newest: number | undefined
  readonly spans: number
  readonly logs: number
}

export function eventState(pool: SegmentPool): EventState {
  const sum = (names: readonly SegmentName[]) => names.reduce((bytes, { path }) => bytes + bytesOf(path), 0)
  let oldest = Infinity
  let newest = -Infinity
  const count = { span: 0, log: 0 }
  const segments = pool.segments()
  const kept = pool.kept()
  for (const name of [...segments, ...kept]) {
    pool.use(name, (segment) => {
      for (const signal of ['span', 'log'] as const) {
        const { min, max } = segment.bounds(signal)
        oldest = Math.min(oldest, min)
        newest = Math.max(newest, max)
        count[signal] += segment.next(signal)
      }
    })
  }
  const moment = (ms: number) => (Number.isFinite(ms) ? ms : undefined)
  return {
    bytes: { events: sum(segments), kept: sum(kept) },
    oldest: moment(oldest),
    newest: moment(newest),
    spans: count.span,
    logs: count.log,
  }
}

const ASIDE = /\.(damaged|foreign|v\d+|version-\d+)(-\d+)?(\.db)?$/

/** One sentence for each database in a folder that was set aside. */
export function setAsideFiles(folder: string): string[] {
  return filesOf(folder)
    .filter((file) => ASIDE.test(file))
    .toSorted()
    .map((file) => `${file} was set aside, since it ${reasonOf(file)}: it is not read, and can be deleted.`)
}

function reasonOf(file: string): string {
  const [, reason = ''] = ASIDE.exec(file) ?? []
  if (reason === 'damaged') return 'is damaged'
  return reason === 'foreign' ? 'is of another program' : 'is of another version of the hub'
}
