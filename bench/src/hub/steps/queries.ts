import { join } from 'node:path'

import { quantile } from '../../statistics.ts'
import { COMMON_WORDS, orderOf } from '../content/logs.ts'
import { Random } from '../content/random.ts'
import { SERVICES } from '../content/services.ts'
import { SPANS_OF_TRACE, traceIdOf } from '../content/spans.ts'
import { ask } from '../process/api.ts'
import { type HubProcess, startHubProcess } from '../process/hub-process.ts'
import { DATA_SEED, DAY_MS, METRICS_MS, queriedData, type QueriedData, recordsIn, tracesIn } from './data.ts'
import type { Figure, StepContext } from './step.ts'

const TIMES = 40
const HOUR_MS = 3_600_000
const PAGE = 100

/** A kind of query, as a page asks it. */
interface Query {
  readonly target: string
  readonly at: string
  /** The paths that are asked for at the same time, the `n`th time. */
  readonly paths: (n: number) => readonly string[]
  /** Whether an answer is what it has to be. */
  readonly isRight: (answer: never) => boolean
}

/** The time from a request to the whole answer, of queries over HTTP after a new start of the hub. */
export async function measureQueries(context: StepContext): Promise<Figure[]> {
  const data = await queriedData(context)
  const hub = await startHubProcess(join(data.folder, 'hub'), context.profiles)
  try {
    const figures: Figure[] = []
    for (const query of queriesOf(data)) {
      context.say(`queries: ${query.target}`)
      figures.push(await measureQuery(hub, query))
    }
    await hub.close()
    return figures
  } finally {
    await hub.kill()
  }
}

async function measureQuery(hub: HubProcess, { target, at, paths, isRight }: Query): Promise<Figure> {
  const times: number[] = []
  const cpuBefore = hub.cpuMs()
  for (let n = 0; n < TIMES; n++) {
    const begun = performance.now()
    const answers = await Promise.all(paths(n).map((each) => ask(hub.url, each)))
    times.push(performance.now() - begun)
    // Each query says the type of its answers, which are those of docs/hub-api.md.
    if (!answers.every((answer) => isRight(answer as never)))
      throw new Error(`${paths(n).join(', ')} has a wrong answer: ${JSON.stringify(answers).slice(0, 500)}`)
  }
  const [first = 0] = times
  const cpu = (hub.cpuMs() - cpuBefore) / TIMES
  return {
    target,
    value: quantile(times, 0.95),
    at,
    note: `p50 ${quantile(times, 0.5).toFixed(0)} ms, first ${first.toFixed(0)} ms, ${cpu.toFixed(1)} ms of CPU each`,
  }
}

function queriesOf({ spans, logs, end }: QueriedData): Query[] {
  const atSpans = `${millions(spans)} spans`
  const atLogs = `${millions(logs)} log records`
  const hour = { from: String(end - HOUR_MS), to: String(end) }
  const day = { from: String(end - DAY_MS - 1), to: String(end + HOUR_MS) }
  const service = (n: number) => SERVICES[n % SERVICES.length] ?? ''
  return [
    {
      target: 'overview',
      at: atSpans,
      paths: () => [path('/api/services', hour)],
      isRight: ({ services }: { services: readonly unknown[] }) => services.length >= SERVICES.length,
    },
    {
      target: 'service',
      at: atSpans,
      paths: (n) => [path(`/api/services/${service(n)}`, hour)],
      isRight: ({ requests }: { requests: unknown }) => requests !== null,
    },
    {
      target: 'routes',
      at: atSpans,
      paths: (n) => [path(`/api/services/${service(n)}`, { ...hour, from: String(end - METRICS_MS) })],
      isRight: ({ routes }: { routes: readonly unknown[] }) => routes.length > 0,
    },
    {
      target: 'trace',
      at: atSpans,
      paths: (n) => {
        const trace = new Random(DATA_SEED, n).below(tracesIn(spans))
        return [path(`/api/traces/${traceIdOf(DATA_SEED, trace)}`, {})]
      },
      isRight: (answer: unknown) =>
        JSON.stringify(answer).split('"startTimeUnixNano"').length > SPANS_OF_TRACE,
    },
    {
      target: 'rare',
      at: atLogs,
      paths: (n) => {
        const record = new Random(DATA_SEED, n).below(recordsIn(logs))
        return [path('/api/logs', { q: orderOf(DATA_SEED, record), ...day })]
      },
      isRight: (answer: { logs: readonly unknown[]; complete: boolean }) =>
        answer.logs.length === 1 && answer.complete,
    },
    {
      target: 'common',
      at: atLogs,
      paths: () => [path('/api/logs', { q: COMMON_WORDS, limit: String(PAGE), ...hour })],
      isRight: (answer: { logs: readonly unknown[] }) => answer.logs.length === PAGE,
    },
    {
      target: 'ranges',
      at: '18,000 series',
      paths: (n) =>
        chartsOf(service(n)).map((query) =>
          path('/api/v1/query_range', {
            query,
            start: String((end - HOUR_MS) / 1_000),
            end: String(end / 1_000),
            step: '15',
          }),
        ),
      isRight: ({ data }: { data: { result: readonly unknown[] } }) => data.result.length > 0,
    },
  ]
}

function path(of: string, parameters: Readonly<Record<string, string>>): string {
  const text = new URLSearchParams(parameters).toString()
  return text === '' ? of : `${of}?${text}`
}

/** Such as `1 million`. */
function millions(count: number): string {
  return `${(count / 1e6).toLocaleString('en', { maximumFractionDigits: 2 })} million`
}

/** The expressions of the 12 charts of a page. */
function chartsOf(service: string): readonly string[] {
  const durations = 'http_server_request_duration_seconds'
  const job = `job="${service}"`
  const quantileOf = (share: number) =>
    `histogram_quantile(${share}, sum by (le) (rate(${durations}_bucket{${job}}[2m])))`
  return [
    `sum(rate(${durations}_count{${job}}[2m]))`,
    `sum by (http_response_status_code) (rate(${durations}_count{${job}}[2m]))`,
    quantileOf(0.5),
    quantileOf(0.95),
    quantileOf(0.99),
    `topk(5, sum by (http_route) (rate(${durations}_count{${job}}[2m])))`,
    `sum(rate(${durations}_sum{${job}}[2m])) / sum(rate(${durations}_count{${job}}[2m]))`,
    `sum(rate(shop_number_0_total{${job}}[2m]))`,
    `sum by (http_route) (rate(shop_number_2_total{${job}}[2m]))`,
    `max(shop_number_3{${job}})`,
    `avg by (http_route) (shop_number_4{${job}})`,
    `sum by (job) (rate(${durations}_count[2m]))`,
  ]
}
