import { hasFailed } from '../record/failure.ts'
import { latencyMs } from '../record/latency.ts'
import type { RequestRecord, Sink } from '../seam.ts'

/** The figures of the recent past. Times are in milliseconds. */
export interface StatsFigures {
  /** Requests that ended within the window. */
  readonly requests: number
  /** Requests per second. */
  readonly rate: number
  /** Share of requests that failed (5xx, thrown, broken), from 0 to 1. */
  readonly errorRatio: number
  /** Share of requests whose client went away, from 0 to 1. */
  readonly abortRatio: number
  /** Percentiles are exact to 5 %. `null`: there were no requests. */
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
  readonly max: number | null
  readonly mean: number | null
  /**
   * https://en.wikipedia.org/wiki/Apdex, from 0 to 1. A latency up to the target counts fully, one up to four times the
   * target counts half.
   */
  readonly apdex: number | null
}

/** Statistics over a rolling window. */
export interface Stats extends StatsFigures {
  readonly service: string
  readonly windowSeconds: number
  /** In-flight requests. */
  readonly inProgress: number
  /** By `METHOD route`. Only the most frequent ones, up to a limit. */
  readonly routes: Readonly<Record<string, StatsFigures>>
}

export interface StatsSetup {
  readonly service: string
  readonly windowSeconds: number
  /** The Apdex target in milliseconds. */
  readonly apdexMs: number
}

/** Statistics, and the sink that feeds them. */
export interface StatsParts {
  readonly sink: Sink
  stats(): Stats
}

const SLOTS = 12
/** Limit of routes with own statistics, to bound memory at about 3 MB. Further routes count in the total only. */
const MAX_ROUTES = 250
/** Bucket limits grow by this factor, so the middle of a bucket is within 5 % of all its values. */
const GROWTH = 1.1
const SMALLEST_MS = 0.1
/** From 0.1 ms to about 17 minutes. */
const BUCKETS = 170
const PER_LOG = 1 / Math.log(GROWTH)

/** Makes the statistics of one Sightline: a ring of slots per route, of constant size under any load. */
export function createStats({ service, windowSeconds, apdexMs }: StatsSetup): StatsParts {
  const slotMs = (windowSeconds * 1_000) / SLOTS
  const startedAt = performance.now()
  const total = new Window()
  const methods = new Map<string, Map<string, Window>>()
  let routeCount = 0
  let inProgress = 0

  const slotAt = () => Math.floor((performance.now() - startedAt) / slotMs)

  function windowOf(method: string, route: string): Window | undefined {
    const routes = methods.get(method)
    const found = routes?.get(route)
    if (found || routeCount >= MAX_ROUTES) return found
    const window = new Window()
    if (routes) routes.set(route, window)
    else methods.set(method, new Map([[route, window]]))
    routeCount++
    return window
  }

  return {
    sink: {
      name: 'stats',
      begin: () => void inProgress++,
      write(record) {
        inProgress--
        const slot = slotAt()
        total.slot(slot).add(record, apdexMs)
        if (record.route !== undefined) windowOf(record.method, record.route)?.slot(slot).add(record, apdexMs)
      },
    },
    stats() {
      const now = slotAt()
      // Shortly after the start, the window is as long as the uptime.
      const seconds = Math.min(windowSeconds, Math.max(1, (performance.now() - startedAt) / 1_000))
      const routes: Record<string, StatsFigures> = {}
      for (const [method, windows] of methods) {
        for (const [route, window] of windows) {
          const figures = window.figures(now, seconds)
          if (figures.requests > 0) routes[`${method} ${route}`] = figures
        }
      }
      return { service, windowSeconds, inProgress, ...total.figures(now, seconds), routes }
    },
  }
}

/** The last {@link SLOTS} slots of one route. */
class Window {
  readonly #slots: Slot[] = []

  /** The slot of a number. Clears it if it holds an older one. */
  slot(number: number): Slot {
    const index = number % SLOTS
    const slot = (this.#slots[index] ??= new Slot())
    if (slot.number !== number) slot.restart(number)
    return slot
  }

  figures(now: number, seconds: number): StatsFigures {
    const live = this.#slots.filter((slot) => slot.number > now - SLOTS)
    const sum = (of: (slot: Slot) => number) => live.reduce((before, slot) => before + of(slot), 0)
    const requests = sum((slot) => slot.requests)
    if (requests === 0) {
      return {
        requests,
        rate: 0,
        errorRatio: 0,
        abortRatio: 0,
        p50: null,
        p95: null,
        p99: null,
        max: null,
        mean: null,
        apdex: null,
      }
    }
    const counts = Array.from({ length: BUCKETS }, (_, bucket) => sum((slot) => slot.buckets[bucket] ?? 0))
    const max = Math.max(...live.map((slot) => slot.max))
    const percentile = (share: number) => round(Math.min(max, valueAt(counts, share * requests)))
    return {
      requests,
      rate: round(requests / seconds),
      errorRatio: round(sum((slot) => slot.errors) / requests),
      abortRatio: round(sum((slot) => slot.aborts) / requests),
      p50: percentile(0.5),
      p95: percentile(0.95),
      p99: percentile(0.99),
      max: round(max),
      mean: round(sum((slot) => slot.sum) / requests),
      apdex: round(sum((slot) => slot.satisfaction) / requests),
    }
  }
}

/** The requests that ended in one slice of the window. */
class Slot {
  number = -1
  requests = 0
  errors = 0
  aborts = 0
  sum = 0
  max = 0
  satisfaction = 0
  readonly buckets = new Uint32Array(BUCKETS)

  restart(number: number): void {
    this.number = number
    this.requests = this.errors = this.aborts = this.sum = this.max = this.satisfaction = 0
    this.buckets.fill(0)
  }

  add(record: RequestRecord, apdexMs: number): void {
    const ms = latencyMs(record)
    const failed = hasFailed(record)
    this.requests++
    this.sum += ms
    if (ms > this.max) this.max = ms
    if (failed) this.errors++
    if (record.outcome === 'aborted') this.aborts++
    if (!failed) this.satisfaction += ms <= apdexMs ? 1 : ms <= 4 * apdexMs ? 0.5 : 0
    const bucket =
      ms <= SMALLEST_MS ? 0 : Math.min(BUCKETS - 1, Math.ceil(Math.log(ms / SMALLEST_MS) * PER_LOG))
    this.buckets[bucket] = (this.buckets[bucket] as number) + 1
  }
}

/** The middle of the bucket with the `rank`-th value. */
function valueAt(counts: readonly number[], rank: number): number {
  let before = 0
  for (let bucket = 0; bucket < counts.length; bucket++) {
    before += counts[bucket] as number
    if (before >= rank) return SMALLEST_MS * GROWTH ** (bucket - 0.5)
  }
  return 0
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000
}
