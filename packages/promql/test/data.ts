import { markStale, type SelectedSeries } from '../src/index.ts'

/** When the data begins: a full minute, so that some samples fall on the ends of ranges. */
export const BEGIN = Date.UTC(2023, 10, 14, 22, 0)

/** When the data ends. */
export const END = BEGIN + 3 * 60 * 60_000

const MINUTE = 60_000

/** Numbers between 0 and 1 that are the same in every run. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** How a series is made. */
interface Recipe {
  /** Milliseconds between samples. */
  readonly every?: number
  /** Samples are up to so many milliseconds late. */
  readonly jitter?: number
  /** Minutes from the begin to the first and the last sample. */
  readonly from?: number
  readonly to?: number
  /** Minutes without any sample. */
  readonly gap?: readonly [from: number, to: number]
  /** Minutes at which the series ends with a staleness marker, and begins again with the next sample after `gap`. */
  readonly stale?: number
}

let seeds = 0

/** A series whose values are made one by one, from the minute and the value before. */
function made(
  labels: Record<string, string>,
  next: (minute: number, previous: number, chance: number) => number,
  { every = 15_000, jitter = 0, from = 0, to = 180, gap = [0, 0], stale = -1 }: Recipe = {},
): SelectedSeries {
  const chance = random(++seeds)
  const times: number[] = []
  const values: number[] = []
  const markers: number[] = []
  let value = 0
  for (let time = BEGIN + from * MINUTE; time <= BEGIN + to * MINUTE; time += every) {
    const minute = (time - BEGIN) / MINUTE
    value = next(minute, value, chance())
    const late = Math.floor(chance() * jitter)
    if (stale >= 0 && minute > stale && markers.length === 0) markers.push(times.length)
    else if (minute >= gap[0] && minute < gap[1]) continue
    times.push(time + late)
    values.push(value)
  }
  const series = { labels, times: Float64Array.from(times), values: Float64Array.from(values) }
  for (const marker of markers) markStale(series.values, marker)
  return series
}

const counted = (rate: number, resets: readonly number[] = []) => {
  let last = -1
  return (minute: number, previous: number, chance: number) => {
    const isReset = resets.some((reset) => last < reset && minute >= reset)
    last = minute
    return (isReset ? 0 : previous) + Math.floor(chance * rate)
  }
}

function requests(): SelectedSeries[] {
  const recipes: Record<string, Recipe> = {
    'api-0': { jitter: 0 },
    'api-1': { jitter: 700, gap: [40, 62] },
    'api-2': { jitter: 400, stale: 75, gap: [75, 95] },
    'web-0': { jitter: 900, from: 33 },
    'web-1': { jitter: 200, to: 130, stale: 129, gap: [129, 131] },
  }
  return Object.entries(recipes).flatMap(([instance, recipe], index) =>
    ['200', '404', '500'].flatMap((code, kind) =>
      ['get', 'post'].map((method, way) =>
        made(
          { __name__: 'requests_total', job: instance.slice(0, 3), instance, code, method },
          counted([40, 6, 2][kind] ?? 1, index % 2 === 0 ? [50, 97 + 11 * way] : [120]),
          recipe,
        ),
      ),
    ),
  )
}

function histograms(): SelectedSeries[] {
  const bounds = ['0.05', '0.1', '0.25', '0.5', '1', '2.5', '+Inf']
  return ['api-0', 'api-1', 'web-0'].flatMap((instance, index) => {
    const labels = { job: instance.slice(0, 3), instance }
    const buckets = bounds.map((le, bucket) =>
      made(
        { __name__: 'latency_seconds_bucket', ...labels, le },
        // The last instance is not scraped in one go: its buckets are not always ascending.
        (_, previous, chance) => previous + (bucket + 1) * 3 + (index === 2 ? Math.floor(chance * 30) : 0),
        { jitter: 0, gap: index === 1 ? [60, 70] : [0, 0] },
      ),
    )
    return [
      ...buckets,
      made({ __name__: 'latency_seconds_count', ...labels }, counted(30)),
      made({ __name__: 'latency_seconds_sum', ...labels }, (_, previous, chance) => previous + chance * 9),
    ]
  })
}

/** Buckets that are incomplete or wrong. */
function oddHistograms(): SelectedSeries[] {
  const bucket = (kind: string, le: string | undefined, step: number) =>
    made(
      { __name__: 'odd_bucket', kind, ...(le !== undefined && { le }) },
      (_, previous) => previous + step,
      { every: 60_000 },
    )
  return [
    bucket('no-inf', '1', 2),
    bucket('no-inf', '2', 4),
    bucket('only-inf', '+Inf', 4),
    bucket('twice', '1', 2),
    bucket('twice', '1.0', 3),
    bucket('twice', '+Inf', 9),
    bucket('malformed', 'one', 2),
    bucket('malformed', undefined, 2),
    bucket('negative', '-1', 1),
    bucket('negative', '0', 2),
    bucket('negative', 'inf', 8),
    bucket('empty', '1', 0),
    bucket('empty', '+Inf', 0),
    bucket('decreasing', '1', 5),
    bucket('decreasing', '2', 3),
    bucket('decreasing', '4', 6),
    bucket('decreasing', '+Inf', 4),
  ]
}

function gauges(): SelectedSeries[] {
  const rooms = ['attic', 'cellar', 'hall', 'kitchen'].map((room, index) =>
    made(
      { __name__: 'temperature', room, floor: String(index % 2) },
      (minute, _, chance) => 20 * Math.sin(minute / (9 + index)) + chance * 3 - index,
      { jitter: index * 300, every: 30_000 },
    ),
  )
  const special = [NaN, Infinity, -Infinity, 0, 1.5, -3, 7e-9, 4e23].map((value, index) =>
    made({ __name__: 'special', kind: String(index) }, () => value, { every: 60_000 }),
  )
  return [
    ...rooms,
    ...special,
    made({ __name__: 'mixed', kind: 'nan' }, (minute) => (minute % 7 < 2 ? NaN : minute - 60), {
      every: 60_000,
    }),
    made(
      { __name__: 'mixed', kind: 'inf' },
      (minute) => (minute % 11 < 3 ? Infinity : minute % 11 > 9 ? -Infinity : minute),
      { every: 60_000 },
    ),
    made({ __name__: 'mixed', kind: 'steps' }, (minute) => Math.floor(minute / 20) * 2.5 - 8),
    made({ __name__: 'sparse', every: '7m' }, (minute) => minute * minute, { every: 7 * MINUTE }),
    made({ __name__: 'flat', job: 'api' }, () => 42),
    made({ __name__: 'zero' }, () => 0),
    made({ __name__: 'date', zone: 'utc' }, (minute) => 951_782_400 + minute * 86_400 * 9.7, {
      every: 60_000,
    }),
    made({ __name__: 'date', zone: 'early' }, (minute) => minute * -1e6 * 3.3, { every: 60_000 }),
  ]
}

function joined(): SelectedSeries[] {
  const instances = ['api-0', 'api-1', 'api-2', 'web-0', 'web-1']
  return [
    ...instances.map((instance, index) =>
      made(
        { __name__: 'up', job: instance.slice(0, 3), instance },
        (minute) => Number((minute + index * 13) % 50 > 3),
        {
          jitter: index * 100,
        },
      ),
    ),
    ...instances.map((instance, index) =>
      made(
        {
          __name__: 'build_info',
          job: instance.slice(0, 3),
          instance,
          version: `1.${index}`,
          commit: `c${index % 2}`,
        },
        () => 1,
        { every: 60_000, to: index === 3 ? 100 : 180, from: index === 2 ? 20 : 0 },
      ),
    ),
    made({ __name__: 'build_info', job: 'web', instance: 'web-0', version: '2.0', commit: 'c9' }, () => 1, {
      every: 60_000,
      from: 108,
    }),
    made({ __name__: 'limit', job: 'api' }, () => 500, { every: 60_000 }),
    made({ __name__: 'limit', job: 'web', note: 'soft' }, (minute) => minute * 10, { every: 60_000 }),
    made({ __name__: 'limit', job: 'old' }, () => 5, { every: 60_000, to: 60 }),
    // The same labels under two names, at the same time and one after the other.
    made({ __name__: 'same_a', job: 'x' }, (minute) => minute),
    made({ __name__: 'same_b', job: 'x' }, (minute) => 2 * minute),
    made({ __name__: 'turn_a', job: 'x' }, counted(9), { to: 60 }),
    made({ __name__: 'turn_b', job: 'x' }, counted(9), { from: 80 }),
    made({ __name__: 'text', word: 'zebra', mark: 'a"b\\c' }, () => 1),
    made({ __name__: 'text', word: 'Ähre', mark: 'line\nbreak' }, () => 2),
    made({ __name__: 'text', word: '😀', mark: '$1' }, () => 3),
    made({ __name__: 'text', word: 'ﬀ', mark: '' }, () => 4),
    made({ __name__: 'text', word: 'zebra-12', mark: 'x.y' }, () => 5),
    made({ __name__: 'ns:text:sum', word: 'colon' }, () => 6),
  ]
}

/** Hours of data with gaps, counter resets, stale series, histograms and special numbers; the same in every run. */
export function dataset(): SelectedSeries[] {
  seeds = 0
  return [...requests(), ...histograms(), ...oddHistograms(), ...gauges(), ...joined()].map((series) => ({
    ...series,
    labels: Object.fromEntries(Object.entries(series.labels).filter(([, value]) => value !== '')),
  }))
}
