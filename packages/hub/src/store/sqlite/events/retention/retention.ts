import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import { openForWriting, setAside } from '../../files/database.ts'
import { listSegments, type SegmentName, segmentName } from '../../files/names.ts'
import { bytesOf, removeDatabase } from '../../files/sizes.ts'
import type { SegmentPool } from '../read/segment-pool.ts'
import { SEGMENT_FORMAT } from '../schema.ts'
import { keepEvents } from './keep.ts'

/** Limits of the events. */
export interface EventLimits {
  /** Bytes of segments and kept files. */
  readonly maxBytes: number
  /** Milliseconds since the last event of a segment arrived. */
  readonly retention: number
}

/** The share of `maxDisk` for kept events, and their retention as a multiple of the normal one. */
const KEPT_PART = 0.1
const KEPT_LONGER = 4
const DAY_MS = 86_400_000
/** No ingest thread has this number, so that no kept file has the name of a segment. */
const KEPT_WRITER = 9999
/** Events and the exemplars of the same request may arrive this far apart. */
const LATE_MS = 3_600_000

/** What {@link retainEvents} did. */
export interface Retained {
  readonly removedBytes: number
  /** One sentence for each file that could not be copied or removed. */
  readonly problems: readonly string[]
}

/**
 * Removes whole segments, the oldest first, until the limits hold. Errors, slow requests and linked traces are copied before. The newest
 * segment of a writer stays, since it may be in use: so do old events of a hub that gets nothing.
 */
export async function retainEvents(
  folder: string,
  pool: SegmentPool,
  { maxBytes, retention }: EventLimits,
  linked: (from: number, to: number) => Promise<ReadonlySet<string>>,
  now: number,
): Promise<Retained> {
  const events = join(folder, 'events')
  const segments = listSegments(events)
  const kept = removeKept(
    listSegments(join(folder, 'kept')),
    maxBytes * KEPT_PART,
    now - retention * KEPT_LONGER,
  )
  let removedBytes = kept.removedBytes
  let bytes = kept.bytes + segments.reduce((sum, { path }) => sum + bytesOf(path), 0)
  const problems: string[] = []
  for (const name of segments) {
    const end = endOf(name, segments)
    if (end === undefined || (bytes <= maxBytes && end >= now - retention)) continue
    try {
      const size = bytesOf(name.path)
      const before = bytesOf(keptName(folder, name).path)
      keep(folder, pool, name, await linked(name.begun - LATE_MS, end + LATE_MS), now)
      removeDatabase(name.path)
      bytes += bytesOf(keptName(folder, name).path) - before - size
      removedBytes += size
    } catch (error) {
      problems.push(
        `${name.path} could not be removed: ${error instanceof Error ? error.message : String(error)}.`,
      )
    }
  }
  return { removedBytes, problems }
}

/** When a segment ended: when its writer began the next one. `undefined` while it is the newest. */
function endOf(name: SegmentName, segments: readonly SegmentName[]): number | undefined {
  return segments.find(({ writer, file }) => writer === name.writer && file > name.file)?.begun
}

/** The file of kept events for the day on which a segment began. */
function keptName(folder: string, { begun }: SegmentName): SegmentName {
  return segmentName(join(folder, 'kept'), Math.floor(begun / DAY_MS) * DAY_MS, KEPT_WRITER)
}

function keep(
  folder: string,
  pool: SegmentPool,
  name: SegmentName,
  linked: ReadonlySet<string>,
  now: number,
): void {
  mkdirSync(join(folder, 'kept'), { recursive: true })
  const { path } = keptName(folder, name)
  let opened = openForWriting(path, SEGMENT_FORMAT)
  if (opened.kind !== 'open') {
    setAside(path, opened.kind === 'version' ? `v${opened.version}` : 'damaged')
    opened = openForWriting(path, SEGMENT_FORMAT)
  }
  if (opened.kind !== 'open') throw new Error(`${path} cannot be opened`)
  const { db } = opened
  try {
    pool.query(() => pool.use(name, (segment) => keepEvents(segment, name, db, linked, now)))
  } finally {
    db.close()
    pool.forget(name)
  }
}

/** Removes kept files that began before a moment, and the oldest that exceed the bytes. */
function removeKept(files: readonly SegmentName[], maxBytes: number, before: number) {
  let bytes = files.reduce((sum, { path }) => sum + bytesOf(path), 0)
  let removedBytes = 0
  for (const { path, begun } of files) {
    if (begun + DAY_MS >= before && bytes <= maxBytes) break
    const size = bytesOf(path)
    removeDatabase(path)
    bytes -= size
    removedBytes += size
  }
  return { bytes, removedBytes }
}
