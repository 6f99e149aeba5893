import type { ErrorDetails, ErrorSample, TimeRange } from '../../../search.ts'
import type { SegmentPool } from '../read/segment-pool.ts'
import type { Segment } from '../read/segment.ts'
import { type ErrorContext, errorGroup, momentOf } from './error-groups.ts'
import { IN_RANGE, OCCURRENCES, Occurrences, rangeValues, Trend } from './occurrences.ts'

/** Parts of the range in the trend. */
const TREND = 48
const SAMPLES = 20
/** Routes and versions that are told. */
const MOST = 50

/** A group with its details, or `undefined` where no file has it. */
export function errorDetails(
  pool: SegmentPool,
  fingerprint: string,
  range: TimeRange,
  context: ErrorContext,
): ErrorDetails | undefined {
  const group = errorGroup(pool, fingerprint, range, context)
  if (!group) return undefined
  const details = new Details(range)
  for (const name of [...pool.kept(), ...pool.segments()])
    pool.use(name, (segment) => details.add(segment, fingerprint))
  return { ...group, ...details.result() }
}

class Details {
  readonly #values: readonly number[]
  readonly #routes = new Map<
    string,
    { readonly service: string; readonly route: string; readonly occurrences: Occurrences }
  >()
  readonly #versions = new Map<
    string,
    { readonly version: string; readonly occurrences: Occurrences; firstSeen: bigint }
  >()
  readonly #trend: Trend
  #samples: Array<ErrorSample & { readonly source: unknown }> = []
  #stack = ''

  constructor(range: TimeRange) {
    this.#values = rangeValues(range)
    this.#trend = new Trend(this.#values, TREND)
  }

  add(segment: Segment, fingerprint: string): void {
    const head = segment.sql('SELECT id, stack FROM error_groups WHERE fingerprint = ?').get(fingerprint)
    if (!head) return
    const id = Number(head['id'])
    // Files come oldest first, so the newest stack stays.
    if (head['stack'] !== '') this.#stack = String(head['stack'])
    this.#addRoutes(segment, id)
    this.#addVersions(segment, id)
    this.#trend.add(segment, id)
    this.#addSamples(segment, id)
  }

  #addRoutes(segment: Segment, id: number): void {
    const rows = segment.sql(
      `SELECT o.service, e.route, ${OCCURRENCES} FROM exceptions e JOIN error_origins o ON o.id = e.origin
       WHERE e.error = ? AND ${IN_RANGE} GROUP BY o.service, e.route ORDER BY count(*) DESC LIMIT 1000`,
    )
    for (const row of rows.iterate(id, ...this.#values)) {
      const service = String(row['service'])
      const route = String(row['route'])
      const entry = this.#routes.get(`${service}\0${route}`) ?? {
        service,
        route,
        occurrences: new Occurrences(),
      }
      entry.occurrences.add(row)
      this.#routes.set(`${service}\0${route}`, entry)
    }
  }

  #addVersions(segment: Segment, id: number): void {
    const rows = segment.sql(
      `SELECT o.version, ${OCCURRENCES}, min(e.ms) AS ms, e.ns FROM exceptions e JOIN error_origins o ON o.id = e.origin
       WHERE e.error = ? AND ${IN_RANGE} GROUP BY o.version LIMIT 1000`,
    )
    for (const row of rows.iterate(id, ...this.#values)) {
      const version = String(row['version'])
      const firstSeen = momentOf(row)
      const entry = this.#versions.get(version) ?? { version, occurrences: new Occurrences(), firstSeen }
      entry.occurrences.add(row)
      if (firstSeen < entry.firstSeen) entry.firstSeen = firstSeen
      this.#versions.set(version, entry)
    }
  }

  #addSamples(segment: Segment, id: number): void {
    const rows = segment.sql(
      `SELECT e.source, e.ms, e.ns, coalesce(e.message, g.message) AS message, o.service, o.instance, o.version, e.route, e.user, e.trace, e.span
       FROM exceptions e JOIN error_groups g ON g.id = e.error JOIN error_origins o ON o.id = e.origin
       WHERE e.error = ? AND ${IN_RANGE} ORDER BY e.ms DESC, e.ns DESC LIMIT ${2 * SAMPLES}`,
    )
    const samples = rows.all(id, ...this.#values).map((row) => ({
      source: row['source'],
      time: momentOf(row),
      message: String(row['message']),
      service: String(row['service']),
      instance: String(row['instance']),
      version: String(row['version']),
      route: String(row['route']),
      user: String(row['user']),
      traceId: hexOf(row['trace']),
      spanId: hexOf(row['span']),
    }))
    const all = [...this.#samples, ...samples].toSorted((a, b) =>
      a.time > b.time ? -1 : a.time < b.time ? 1 : 0,
    )
    // A span and a log record of it may both tell of the error.
    const spans = new Set(all.filter(({ source }) => source === 'span').map(({ spanId }) => spanId))
    this.#samples = all
      .filter(({ source, spanId }) => source === 'span' || !spans.has(spanId))
      .slice(0, 2 * SAMPLES)
  }

  result(): Pick<ErrorDetails, 'stack' | 'routes' | 'versions' | 'trend' | 'samples'> {
    return {
      stack: this.#stack,
      routes: [...this.#routes.values()]
        .map(({ occurrences, ...route }) => ({ ...route, count: occurrences.count }))
        .toSorted((a, b) => b.count - a.count)
        .slice(0, MOST),
      versions: [...this.#versions.values()]
        .map(({ occurrences, ...version }) => ({ ...version, count: occurrences.count }))
        .toSorted((a, b) => (a.firstSeen < b.firstSeen ? -1 : 1))
        .slice(0, MOST),
      trend: this.#trend.counts,
      samples: this.#samples.slice(0, SAMPLES).map(({ source: _source, ...sample }) => sample),
    }
  }
}

/** Hex digits of an id. Empty for zeros. */
function hexOf(id: unknown): string {
  const hex = id instanceof Uint8Array ? Buffer.from(id).toString('hex') : ''
  return /[^0]/.test(hex) ? hex : ''
}
