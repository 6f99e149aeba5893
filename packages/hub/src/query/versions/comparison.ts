import { Tally } from './tally.ts'
import type { RouteTraffic } from './traffic.ts'

/** Figures of requests. Durations in seconds, ratios 0 to 1. */
interface Figures {
  readonly errorRatio: number | null
  readonly p50: number | null
  readonly p95: number | null
}

/** Two versions on the routes that both have served. */
export interface Comparison {
  readonly version: string
  readonly than: string
  /** What is clearly worse. */
  readonly worse: ReadonlyArray<'errors' | 'p50' | 'p95'>
  /** Of `than`, if its requests were spread over the routes as those of `version` are. */
  readonly before: Figures
  readonly after: Figures
  /** By their share of the requests of `version`, the largest first. */
  readonly routes: ReadonlyArray<{
    readonly method: string
    readonly route: string
    readonly share: number
    readonly before: Figures & { readonly rate: number }
    readonly after: Figures & { readonly rate: number }
  }>
}

/** A version to compare. */
export interface Compared {
  readonly version: string
  readonly routes: ReadonlyMap<string, RouteTraffic>
  /** Seconds in which it ran, within the range. */
  readonly seconds: number
}

/** Fewer requests say nothing. */
const LEAST_REQUESTS = 30
/** How far two figures must be apart: in standard deviations, as a share of requests, as a factor, and in seconds. */
const APART = 3
const ERROR_POINTS = 0.01
const FACTOR = 1.25
const LEAST_SECONDS = 0.005
const MOST_ROUTES = 100

/**
 * Compares two versions, so that a different mix of routes does not count: each request of the older one weighs as much as the newer one has
 * requests on that route for each of them. `undefined` where one of them has too few requests.
 */
export function compare(newer: Compared, older: Compared): Comparison | undefined {
  const shared = [...newer.routes].flatMap(([key, after]) => {
    const before = older.routes.get(key)
    return before !== undefined && before.tally.requests >= 1 && after.tally.requests >= 1
      ? [{ ...after, before: before.tally, after: after.tally }]
      : []
  })
  const after = new Tally()
  const before = new Tally()
  let squares = 0
  for (const route of shared) {
    after.add(route.after)
    before.add(route.before, route.after.requests / route.before.requests)
    squares += route.after.requests ** 2 / route.before.requests
  }
  // The number of equally weighted requests that would say as much.
  const beforeRequests = squares > 0 ? after.requests ** 2 / squares : 0
  if (after.requests < LEAST_REQUESTS || beforeRequests < LEAST_REQUESTS) return undefined
  const figures = { before: figuresOf(before), after: figuresOf(after) }
  return {
    version: newer.version,
    than: older.version,
    worse: worseOf(figures, { before, after, beforeRequests }),
    ...figures,
    routes: shared
      .toSorted((a, b) => b.after.requests - a.after.requests)
      .slice(0, MOST_ROUTES)
      .map((route) => ({
        method: route.method,
        route: route.route,
        share: route.after.requests / after.requests,
        before: withRate(route.before, older.seconds),
        after: withRate(route.after, newer.seconds),
      })),
  }
}

function figuresOf(tally: Tally): Figures {
  const [p50 = null, p95 = null] = tally.quantiles([0.5, 0.95])
  return { errorRatio: tally.errorRatio, p50, p95 }
}

function withRate(tally: Tally, seconds: number): Figures & { readonly rate: number } {
  return { rate: seconds > 0 ? tally.requests / seconds : 0, ...figuresOf(tally) }
}

function worseOf(
  figures: { readonly before: Figures; readonly after: Figures },
  { before, after, beforeRequests }: { before: Tally; after: Tally; beforeRequests: number },
): Comparison['worse'] {
  const worse: Array<Comparison['worse'][number]> = []
  const isApart = (share: number, other: number): boolean => {
    const pooled = (share * beforeRequests + other * after.requests) / (beforeRequests + after.requests)
    const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / beforeRequests + 1 / after.requests))
    return other - share > APART * deviation
  }
  const [errors, otherErrors] = [before.errorRatio ?? 0, after.errorRatio ?? 0]
  if (otherErrors - errors >= ERROR_POINTS && isApart(errors, otherErrors)) worse.push('errors')
  for (const name of ['p50', 'p95'] as const) {
    const [seconds, otherSeconds] = [figures.before[name], figures.after[name]]
    if (seconds === null || otherSeconds === null) continue
    if (otherSeconds < seconds * FACTOR || otherSeconds - seconds < LEAST_SECONDS) continue
    const share = before.shareAbove(seconds) ?? 1
    if (isApart(share, after.shareAbove(seconds) ?? 0)) worse.push(name)
  }
  return worse
}
