import type { StoredExemplar } from '../../store/samples.ts'
import { bucketOf, type Origin, SECONDS, type SpanDelta } from './deltas.ts'

/** A group of spans that no delta has had for this many calls of `take` is forgotten. */
const IDLE_TAKES = 600
/** Groups that one thread counts between two deltas. More are one group for each origin, kind and status. */
const MAX_GROUPS = 20_000

/** The name for what exceeds a limit. */
export const OTHER = '_OTHER'

/** A finished span, as the metrics count it. */
export interface CountedSpan {
  readonly origin: Origin
  readonly name: string
  readonly kind: number
  readonly status: number
  readonly route: string
  readonly seconds: number
  readonly weight: number
}

interface Group {
  readonly origin: Origin
  readonly name: string
  readonly kind: number
  readonly status: number
  readonly route: string
  count: number
  sum: number
  buckets: Float64Array
  slowest: number
  exemplar: StoredExemplar | undefined
  idle: number
}

/** Counts spans by their labels, between two deltas. */
export class SpanMetrics {
  /** By origin and name; a name has few groups. */
  readonly #groups = new Map<Origin, Map<string, Group[]>>()
  #size = 0

  /** @param exemplar called for a span that may be shown as an example */
  count(span: CountedSpan, exemplar: () => StoredExemplar | undefined): void {
    const group = this.#find(span) ?? this.#create(span)
    const { seconds, weight } = span
    group.count += weight
    group.sum += seconds * weight
    const bucket = bucketOf(seconds)
    group.buckets[bucket] = (group.buckets[bucket] ?? 0) + weight
    if (seconds <= group.slowest) return
    const shown = exemplar()
    if (shown === undefined) return
    group.slowest = seconds
    group.exemplar = shown
  }

  /** What was counted since the last call. */
  take(): SpanDelta[] {
    const deltas: SpanDelta[] = []
    for (const [origin, names] of this.#groups) {
      for (const [name, groups] of names) {
        for (const group of groups)
          if (group.count > 0) deltas.push(deltaOf(group))
          else group.idle++
        const used = groups.filter(({ idle }) => idle < IDLE_TAKES)
        this.#size -= groups.length - used.length
        if (used.length === 0) names.delete(name)
        else if (used.length < groups.length) names.set(name, used)
      }
      if (names.size === 0) this.#groups.delete(origin)
    }
    return deltas
  }

  #find({ origin, name, kind, status, route }: CountedSpan): Group | undefined {
    const groups = this.#groups.get(origin)?.get(name)
    if (groups === undefined) return undefined
    for (const group of groups)
      if (group.kind === kind && group.status === status && group.route === route) return group
    return undefined
  }

  #create(span: CountedSpan): Group {
    if (this.#size >= MAX_GROUPS && span.name !== OTHER) {
      const other = { ...span, name: OTHER, route: '' }
      return this.#find(other) ?? this.#create(other)
    }
    const { origin, name, kind, status, route } = span
    const group: Group = {
      origin,
      name,
      kind,
      status,
      route,
      count: 0,
      sum: 0,
      buckets: new Float64Array(SECONDS.length + 1),
      slowest: -1,
      exemplar: undefined,
      idle: 0,
    }
    let names = this.#groups.get(origin)
    if (names === undefined) this.#groups.set(origin, (names = new Map()))
    const groups = names.get(name)
    if (groups === undefined) names.set(name, [group])
    else groups.push(group)
    this.#size++
    return group
  }
}

/** Takes the counts out of a group. */
function deltaOf(group: Group): SpanDelta {
  const { origin, name, kind, status, route, sum, buckets, exemplar } = group
  group.count = 0
  group.sum = 0
  group.buckets = new Float64Array(SECONDS.length + 1)
  group.slowest = -1
  group.exemplar = undefined
  group.idle = 0
  return { job: origin.job, instance: origin.instance, name, kind, status, route, sum, buckets, exemplar }
}
