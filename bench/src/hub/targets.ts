/** A row of the table. */
export interface Target {
  readonly name: string
  readonly title: string
  readonly unit: Unit
  /** For a machine on which the bare Fastify costs {@link TARGET_MICROS}. `undefined`: there is none. */
  readonly value?: number
  /** Whether more is better. */
  readonly isMinimum?: boolean
  /** Whether it depends on the speed of the machine, and how. Default: it does not. */
  readonly scales?: 'rate' | 'time'
  /** What others have published. */
  readonly best?: string
}

type Unit = '/s' | 'ms' | 'MB' | 'bytes' | 'x' | 'items' | 'requests'

/** CPU time of a request of the bare Fastify on the machine of the targets, in microseconds. */
export const TARGET_MICROS = 13

const rate = { unit: '/s', isMinimum: true, scales: 'rate' } as const
const time = { unit: 'ms', scales: 'time' } as const
const bare = { unit: 'x', isMinimum: true, value: 0.8 } as const

/** All rows, in the order of the table. */
export const TARGETS: readonly Target[] = [
  { name: 'ready', title: 'start of the process until ready', ...time, value: 500 },
  {
    name: 'spans',
    title: 'spans stored, 512 per request, gzip protobuf',
    ...rate,
    value: 60_000,
    best: 'Traceway: SQLite 30,500, DuckDB 95,700',
  },
  { name: 'spans-bare', title: 'the same, of a bare loop of inserts', ...bare },
  { name: 'span-bytes', title: 'disk per span', unit: 'bytes', value: 180, best: '442 per event' },
  {
    name: 'logs',
    title: 'log records stored and searchable, 512 per request',
    ...rate,
    value: 60_000,
    best: 'Traceway: 4,900 and 75,200',
  },
  { name: 'logs-bare', title: 'the same, of a bare loop of inserts', ...bare },
  {
    name: 'log-bytes',
    title: 'disk per log record, beside its text',
    unit: 'bytes',
    value: 150,
    best: '442 per event',
  },
  {
    name: 'points',
    title: 'metric points stored, 500 per request',
    ...rate,
    value: 200_000,
    best: 'Traceway: 61,700 and 254,000',
  },
  { name: 'points-bare', title: 'the same, of a bare loop of inserts', ...bare },
  { name: 'mixed-lost', title: '10k spans, 10k logs, 20k points per second: lost', unit: 'items', value: 0 },
  { name: 'mixed-ack', title: 'the same: p99 until acknowledged', ...time, value: 250 },
  { name: 'mixed-rss', title: 'the same: RSS', unit: 'MB', value: 512 },
  {
    name: 'overload-answers',
    title: 'five times too much: answers other than 200, 429, 503',
    unit: 'requests',
    value: 0,
  },
  { name: 'overload-difference', title: 'the same: accepted and not stored', unit: 'items', value: 0 },
  { name: 'overload-recovery', title: 'the same: until recovered', unit: 'ms', value: 5_000 },
  {
    name: 'fresh',
    title: 'end of a request until trace and log are found, p95',
    ...time,
    value: 1_000,
    best: 'otel-desktop-viewer polls every 3 s',
  },
  { name: 'overview', title: 'overview of services, p95', ...time, value: 50, best: '2.3 s at 100k' },
  { name: 'service', title: 'page of a service, p95', ...time, value: 50 },
  { name: 'routes', title: 'routes of a service over all data, p95', ...time, value: 50 },
  { name: 'trace', title: 'trace by id, p95', ...time, value: 20 },
  { name: 'rare', title: 'log search, a rare word, p95', ...time, value: 100, best: '370 ms at 1 million' },
  { name: 'common', title: 'log search, common words in the last hour, p95', ...time, value: 200 },
  { name: 'ranges', title: 'the 12 charts of a page, p95', ...time },
  { name: 'kill', title: '`kill -9` under load: acknowledged and lost', unit: 'requests', value: 0 },
]

/** The target of a machine that is `scale` times slower. */
export function scaled({ value, scales }: Target, scale: number): number | undefined {
  if (value === undefined || scales === undefined) return value
  return scales === 'rate' ? value / scale : value * scale
}

/** Whether a value reaches the target of a machine that is `scale` times slower. */
export function isReached(target: Target, value: number, scale: number): boolean {
  const wanted = scaled(target, scale)
  if (wanted === undefined) return true
  return target.isMinimum === true ? value >= wanted : value <= wanted
}
