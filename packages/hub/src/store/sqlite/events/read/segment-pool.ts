import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { isDamage, openForReading, setAside } from '../../files/database.ts'
import { listSegments, type SegmentName } from '../../files/names.ts'
import { Origins } from '../blocks/origins.ts'
import { SEGMENT_FORMAT, type Signal } from '../schema.ts'
import { Segment } from './segment.ts'

/** Most segments that stay open between queries. */
const OPEN = 48

/**
 * The segments of a folder, open for reading. The folder is listed at each query, since writers begin files and the retention removes
 * them. A file that has disappeared is skipped.
 */
export class SegmentPool {
  readonly #events: string
  readonly #kept: string
  readonly #origins = new Origins()
  /** Open segments by path, the least recently used first. */
  readonly #open = new Map<string, Segment>()
  /** Times of segments that do not change any more, by path and signal. */
  readonly #bounds = new Map<string, { readonly min: number; readonly max: number }>()

  constructor(folder: string) {
    this.#events = join(folder, 'events')
    this.#kept = join(folder, 'kept')
  }

  /** Names of the segments, oldest first, without the files of kept events. */
  segments(): SegmentName[] {
    return listSegments(this.#events)
  }

  /** Names of the files of kept events, oldest first. */
  kept(): SegmentName[] {
    return listSegments(this.#kept)
  }

  /** Runs a query. All that it reads of a segment is of one moment. */
  query<V>(work: () => V): V {
    try {
      return work()
    } finally {
      for (const [path, segment] of this.#open) {
        segment.end()
        // A removed file takes its space until all have closed it.
        if (this.#open.size > OPEN || !existsSync(path)) {
          segment.close()
          this.#open.delete(path)
        }
      }
    }
  }

  /**
   * Runs `work` with a segment, within a query. `undefined` where the file has disappeared or cannot be used. A damaged file is
   * renamed, unless its writer may still have it open.
   */
  use<V>(name: SegmentName, work: (segment: Segment) => V): V | undefined {
    const segment = this.#segment(name)
    if (!segment) return undefined
    try {
      segment.begin()
      return work(segment)
    } catch (error) {
      if (!isDamage(error)) throw error
      this.#open.delete(name.path)
      segment.close()
      this.#setAside(name, 'damaged')
      return undefined
    }
  }

  /** The files that may have rows of this time, in milliseconds: segments and kept files, oldest first. */
  between(signal: Signal, min: number, max: number): SegmentName[] {
    const segments = this.segments()
    const current = new Set(new Map(segments.map((name) => [name.writer, name])).values())
    return [...this.kept(), ...segments].filter((name) => {
      const isSealed = !current.has(name) && segments.includes(name)
      const key = `${signal} ${name.path}`
      const bounds =
        (isSealed ? this.#bounds.get(key) : undefined) ?? this.use(name, (segment) => segment.bounds(signal))
      if (bounds && isSealed) this.#bounds.set(key, bounds)
      return bounds !== undefined && bounds.max >= min && bounds.min <= max
    })
  }

  /** Closes a segment that is about to be removed. */
  forget({ path }: SegmentName): void {
    this.#open.get(path)?.close()
    this.#open.delete(path)
    for (const signal of ['span', 'log']) this.#bounds.delete(`${signal} ${path}`)
  }

  close(): void {
    for (const segment of this.#open.values()) segment.close()
    this.#open.clear()
  }

  #segment(name: SegmentName): Segment | undefined {
    let segment = this.#open.get(name.path)
    // The set keeps the order of use.
    this.#open.delete(name.path)
    if (!segment) {
      const opened = openForReading(name.path, SEGMENT_FORMAT)
      if (opened.kind === 'damaged') this.#setAside(name, 'damaged')
      if (opened.kind === 'version') this.#setAside(name, `v${opened.version}`)
      if (opened.kind !== 'open') return undefined
      segment = new Segment(name, opened.db, this.#origins)
    }
    this.#open.set(name.path, segment)
    return segment
  }

  #setAside(name: SegmentName, reason: string): void {
    const newest = this.segments().findLast(({ writer }) => writer === name.writer)
    if (newest?.path !== name.path) setAside(name.path, reason)
  }
}
