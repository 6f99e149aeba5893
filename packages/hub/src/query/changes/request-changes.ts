import { metricsByJob, type RequestMetrics, selectorOf } from '../services/request-metrics.ts'
import { quote, trends } from '../services/vectors.ts'
import type { TaskContext } from '../tasks/task.ts'
import { type Change, type Steps, timeAt } from './change.ts'
import { sharesApart, type Shift, shiftOf, type Values } from './detect.ts'

/** Requests on each side of a comparison. Fewer say nothing. */
const LEAST_REQUESTS = 30
/** Factor of a duration or rate, difference of a share, and seconds from which on people notice. */
const LATENCY_FACTOR = 1.5
const LEAST_SECONDS = 0.01
const ERROR_POINTS = 0.01
const RATE_FACTOR = 2
/** Standard deviations. */
const APART = 4

/** A route's requests at each step. */
interface RouteSeries {
  readonly service: string
  readonly route: string
  readonly method: string
  readonly requests: Values
  readonly failed: Values
  readonly p95: Values
}

/** The rate of each service at each step, for other comparisons. */
export type RatesByService = ReadonlyMap<string, Values>

/** Changes of rate, errors and durations of services: of each service the route that changed most. */
export async function requestChanges(
  context: TaskContext,
  jobs: readonly string[],
  steps: Steps,
): Promise<{ readonly changes: readonly Change[]; readonly rates: RatesByService }> {
  const used = await metricsByJob(context, jobs, {
    start: steps.from - (steps.to - steps.from),
    end: steps.to,
  })
  const changes: Change[] = []
  const rates = new Map<string, Values>()
  for (const [metrics, mine] of used) {
    const routes = await readRoutes(context, metrics, mine, steps)
    for (const service of mine) {
      const own = routes.filter((route) => route.service === service)
      const rate = sumOf(
        own.map(({ requests }) => requests),
        steps.count,
      )
      rates.set(service, rate)
      changes.push(...changesOf(service, own, rate, steps))
    }
  }
  return { changes, rates }
}

function changesOf(service: string, routes: readonly RouteSeries[], rate: Values, steps: Steps): Change[] {
  const seconds = steps.step / 1_000
  const shift = shiftOf(rate, ones(rate))
  const changes: Change[] = []
  const isFlood = shift !== undefined && isOtherRate(shift, seconds)
  if (isFlood)
    changes.push({
      time: timeAt(steps, shift.at),
      kind: 'rate',
      state: shift.after < shift.before ? 'warn' : 'note',
      service,
      before: shift.before,
      after: shift.after,
    })
  const latency = strongest(routes, (route) => {
    const found = shiftOf(route.p95, weightsOf(route.requests, seconds))
    return found !== undefined && isOtherLatency(found) ? found : undefined
  })
  if (latency !== undefined) changes.push(shifted('latency', latency, steps, 3))
  const errors = strongest(routes, (route) => {
    const ratio = route.requests.map((count, at) =>
      count === null || count === 0 ? null : (route.failed[at] ?? 0) / count,
    )
    const found = shiftOf(ratio, weightsOf(route.requests, seconds))
    return found !== undefined && isOtherRatio(found) ? found : undefined
  })
  if (errors !== undefined) changes.push(shifted('errors', errors, steps, 1))
  return changes
}

function shifted(
  kind: 'latency' | 'errors',
  { route, shift }: { readonly route: RouteSeries; readonly shift: Shift },
  steps: Steps,
  badFactor: number,
): Change {
  const isWorse = shift.after > shift.before
  const { service, method } = route
  return {
    time: timeAt(steps, shift.at),
    kind,
    state: isWorse ? (shift.after >= shift.before * badFactor ? 'bad' : 'warn') : 'note',
    service,
    route: route.route,
    method,
    before: shift.before,
    after: shift.after,
  }
}

/** The route whose change touches most requests. */
function strongest(
  routes: readonly RouteSeries[],
  shiftIn: (route: RouteSeries) => Shift | undefined,
): { readonly route: RouteSeries; readonly shift: Shift } | undefined {
  let best: { readonly route: RouteSeries; readonly shift: Shift; readonly effect: number } | undefined
  for (const route of routes) {
    const shift = shiftIn(route)
    if (shift === undefined) continue
    const effect = Math.abs(shift.after - shift.before) * shift.afterWeight
    if (best === undefined || effect > best.effect) best = { route, shift, effect }
  }
  return best
}

function hasEnough({ beforeWeight, afterWeight }: Shift): boolean {
  return beforeWeight >= LEAST_REQUESTS && afterWeight >= LEAST_REQUESTS
}

function isOtherLatency(shift: Shift): boolean {
  const [low, high] = [Math.min(shift.before, shift.after), Math.max(shift.before, shift.after)]
  return hasEnough(shift) && high >= low * LATENCY_FACTOR && high - low >= LEAST_SECONDS
}

function isOtherRatio(shift: Shift): boolean {
  return (
    hasEnough(shift) && Math.abs(shift.after - shift.before) >= ERROR_POINTS && sharesApart(shift) >= APART
  )
}

/** `seconds` of one step. The weights of a rate are numbers of steps. */
function isOtherRate({ before, after, beforeWeight, afterWeight }: Shift, seconds: number): boolean {
  const [earlier, later] = [before * beforeWeight * seconds, after * afterWeight * seconds]
  if (Math.max(earlier, later) < LEAST_REQUESTS || before === 0) return false
  const factor = after / before
  return factor >= RATE_FACTOR || factor <= 1 / RATE_FACTOR
}

const ones = (values: Values): Values => values.map((value) => (value === null ? null : 1))
const weightsOf = (rates: Values, seconds: number): Values =>
  rates.map((rate) => (rate === null ? null : rate * seconds))

function sumOf(lines: readonly Values[], count: number): Values {
  return Array.from({ length: count }, (_, at) => {
    const present = lines.map((line) => line[at] ?? null).filter((value) => value !== null)
    return present.length === 0 ? null : present.reduce((sum, value) => sum + value, 0)
  })
}

async function readRoutes(
  context: TaskContext,
  metrics: RequestMetrics,
  jobs: readonly string[],
  { to: end, step, count, window }: Steps,
): Promise<readonly RouteSeries[]> {
  const by = ['job', ...(metrics.method === undefined ? [] : [metrics.method]), metrics.route]
  const selector = (name: string, more = '') =>
    `rate(${selectorOf(name, metrics, jobs).replace(/\}$/, `${more}}`)}[${window}ms])`
  const failures = `, ${metrics.failed.label}=~${quote(metrics.failed.values)}`
  const read = (query: string) => trends(context, query, { end, step, count })
  const total = await read(`sum by (${by.join(', ')}) (${selector(metrics.count)})`)
  const failed = keyed(by, await read(`sum by (${by.join(', ')}) (${selector(metrics.count, failures)})`))
  const buckets = `sum by (${by.join(', ')}, le) (${selector(`${metrics.duration}_bucket`)})`
  const p95 = keyed(by, await read(`histogram_quantile(0.95, ${buckets})`))
  return total.map(({ labels, values }) => {
    const key = keyOf(by, labels)
    return {
      service: labels['job'] ?? '',
      route: labels[metrics.route] ?? '',
      method: metrics.method === undefined ? '' : (labels[metrics.method] ?? ''),
      requests: values,
      failed: failed.get(key) ?? [],
      p95: p95.get(key) ?? [],
    }
  })
}

type Labels = Readonly<Record<string, string>>

function keyed(
  by: readonly string[],
  found: readonly { readonly labels: Labels; readonly values: Values }[],
): ReadonlyMap<string, Values> {
  return new Map(found.map(({ labels, values }) => [keyOf(by, labels), values]))
}

const keyOf = (by: readonly string[], labels: Labels) => by.map((name) => labels[name] ?? '').join('\u0000')
