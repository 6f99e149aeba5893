import { quoted, together } from '../../promql/together.ts'

/** A chart of what the processes of a service use. */
export interface Resource {
  readonly key: string
  readonly title: string
  /** What it measures, beside the title. */
  readonly of?: string
  readonly unit: string
  /** Whether it is of the host. */
  readonly isHost?: boolean
  /** The largest value of the axis, if it is known. */
  readonly max?: number
  /** The chart whose only value is the limit of this one. */
  readonly limit?: string
  /**
   * Expressions by instance, the first that has data: the kit's names, those of prom-client (the same), those of OpenTelemetry's conventions.
   * `$` stands for the matchers of the service, `@` for the window of rates.
   */
  readonly from: readonly string[]
}

const sum = (text: string) => `sum by (instance) (${text})`
const max = (text: string) => `max by (instance) (${text})`
const busy = (label: string) =>
  `1 - ${sum(`rate(system_cpu_time_seconds_total{$, ${label}="idle"}[@])`)} / ${sum(`rate(system_cpu_time_seconds_total{$, ${label}!=""}[@])`)}`
const used = (metric: string, label: string) =>
  `${sum(`${metric}{$, ${label}="used"}`)} / ${sum(`${metric}{$, ${label}!=""}`)}`

/** All names of metrics of processes, runtimes, pools and hosts that the pages know. */
export const RESOURCES: readonly Resource[] = [
  {
    key: 'cpu',
    title: 'CPU',
    of: 'of one core',
    unit: 'ratio',
    from: [sum('rate(process_cpu_seconds_total{$}[@])'), sum('rate(process_cpu_time_seconds_total{$}[@])')],
  },
  {
    key: 'rss',
    title: 'Memory',
    of: 'RSS',
    unit: 'B',
    from: [max('process_resident_memory_bytes{$}'), max('process_memory_usage_bytes{$}')],
  },
  {
    key: 'heap',
    title: 'Heap',
    of: 'used',
    unit: 'B',
    from: [max('nodejs_heap_size_used_bytes{$}'), sum('v8js_memory_heap_used_bytes{$}')],
  },
  {
    key: 'gc',
    title: 'GC time',
    of: 'share',
    unit: 'ratio',
    from: [
      sum('rate(nodejs_gc_duration_seconds_sum{$}[@])'),
      sum('rate(v8js_gc_duration_seconds_sum{$}[@])'),
    ],
  },
  {
    key: 'loop',
    title: 'Loop delay',
    of: 'p99',
    unit: 's',
    from: [max('nodejs_eventloop_lag_p99_seconds{$}'), max('nodejs_eventloop_delay_p99_seconds{$}')],
  },
  {
    key: 'elu',
    title: 'Loop utilisation',
    unit: 'ratio',
    from: [max('nodejs_eventloop_utilization_ratio{$}')],
  },
  {
    key: 'pool',
    title: 'Pool in use',
    unit: 'int',
    limit: 'poolmax',
    from: [
      sum('db_client_connection_count{$, state="used"}'),
      sum('db_client_connection_count{$, db_client_connection_state="used"}'),
      sum('db_client_connections_usage{$, state="used"}'),
    ],
  },
  {
    key: 'waiting',
    title: 'Pool queue',
    unit: 'int',
    from: [sum('db_client_connection_pending_requests{$}'), sum('db_client_connections_pending_requests{$}')],
  },
  {
    key: 'host',
    title: 'Host CPU',
    unit: 'ratio',
    isHost: true,
    max: 1,
    from: [busy('state'), busy('cpu_mode'), busy('system_cpu_state')],
  },
  {
    key: 'hostmem',
    title: 'Host memory',
    unit: 'ratio',
    isHost: true,
    max: 1,
    from: [
      `${sum('system_memory_usage_bytes{$, state="used"}')} / ${max('system_memory_limit_bytes{$}')}`,
      used('system_memory_usage_bytes', 'system_memory_state'),
    ],
  },
  {
    key: 'disk',
    title: 'Host disk',
    of: 'used',
    unit: 'ratio',
    isHost: true,
    max: 1,
    from: [
      used('system_filesystem_usage_bytes', 'state'),
      used('system_filesystem_usage_bytes', 'system_filesystem_state'),
    ],
  },
  {
    key: 'net',
    title: 'Host network',
    of: 'in and out',
    unit: 'B/s',
    isHost: true,
    from: [sum('rate(system_network_io_bytes_total{$}[@])')],
  },
]

/** Values that stand beside the charts: the size of pools, and when a process began. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  poolmax: [max('db_client_connection_max{$}'), max('db_client_connections_max{$}')],
  started: [max('process_start_time_seconds{$}')],
}

/** One expression for the resources of the processes of a service, or of their hosts. Both in one could be longer than the hub takes. */
export function resourceQuery(service: string, window: string, ofHost: boolean): string {
  const filled = (from: readonly string[]) =>
    `(${from.join(' or ')})`.replaceAll('@', window).replaceAll('$', () => `job=${quoted(service)}`)
  const mine = RESOURCES.filter(({ isHost = false }) => isHost === ofHost)
  return together({
    ...Object.fromEntries(mine.map(({ key, from }) => [key, filled(from)])),
    ...(ofHost ? {} : Object.fromEntries(Object.entries(BESIDE).map(([key, from]) => [key, filled(from)]))),
  })
}
