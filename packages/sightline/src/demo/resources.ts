import { type KeyValues, keyValues } from './otlp.ts'
import { noCounts, observe, type Reading, type Value } from './points.ts'

/** What a process and its host are doing. */
export interface Load {
  readonly ageSeconds: number
  /** Processor time for requests. */
  readonly busySeconds: number
  /** From 0 to 1: how much of the pool waits for locks. */
  readonly waiting: number
  /** From 0 to 1: how many customers there are. */
  readonly busyness: number
}

const POOL = 10
const CORES = 4
const GIB = 2 ** 30
/** Bounds of garbage collections, in seconds. */
const GC_BOUNDS = [0.001, 0.01, 0.1, 1, 2, 5]

/** Metrics of a process, its runtime and its pool of connections. */
export function processMetrics(reading: Reading, { ageSeconds, busySeconds, waiting }: Load): object[] {
  const gauge = (name: string, unit: string, description: string, value: number, labels: KeyValues = []) =>
    reading.gauge({ name, unit, description }, [[labels, value]])
  // A heap grows until it is collected.
  const heap = 48e6 + waiting * 60e6 + ((ageSeconds * 220_000) % 30e6)
  const wave = (period: number) => Math.abs(Math.sin(ageSeconds / period))
  const used = keyValues({ 'db.client.connection.state': 'used' })
  return [
    reading.sum({ name: 'process.cpu.time', unit: 's', description: 'Processor time of the process.' }, [
      [[], 0.9 + busySeconds + ageSeconds * 0.012],
    ]),
    gauge('process.memory.usage', 'By', 'Resident memory.', heap + 52e6),
    gauge('nodejs_heap_size_used', 'By', 'Used heap.', heap),
    gauge('nodejs_heap_size_total', 'By', 'Size of the heap.', heap * 1.2 + 12e6),
    gauge(
      'nodejs.eventloop.delay.p99',
      's',
      'Delay of the event loop, 99th percentile.',
      0.011 + waiting * 0.006 + 0.004 * wave(40),
    ),
    gauge(
      'nodejs.eventloop.utilization',
      '1',
      'Share of the time in which the event loop was busy.',
      0.06 + waiting * 0.05 + 0.03 * wave(90),
    ),
    collections(reading, ageSeconds),
    gauge('db.client.connection.max', '{connection}', 'Connections that a pool may have.', POOL),
    gauge(
      'db.client.connection.count',
      '{connection}',
      'Connections of a pool by their state.',
      Math.round(2 + waiting * (POOL - 2)),
      used,
    ),
    gauge(
      'db.client.connection.pending_requests',
      '{request}',
      'Requests that wait for a connection of a pool.',
      Math.round(waiting * 14),
    ),
  ]
}

function collections(reading: Reading, ageSeconds: number): object {
  const [minor, major] = ['minor', 'major'].map((kind) => noCounts(keyValues({ kind }), GC_BOUNDS))
  if (minor) for (let at = 0; at < ageSeconds; at += 3) observe(minor, GC_BOUNDS, 0.0016)
  if (major) for (let at = 0; at < ageSeconds; at += 40) observe(major, GC_BOUNDS, 0.014)
  return reading.histogram(
    { name: 'nodejs.gc.duration', unit: 's', description: 'Garbage collection duration by kind.' },
    GC_BOUNDS,
    [minor, major].filter((counts) => counts !== undefined),
  )
}

/** Metrics of the machine of a process, as the kit names them. */
export function hostMetrics(reading: Reading, { ageSeconds, busyness, waiting }: Load): object[] {
  const sum = (name: string, unit: string, description: string, values: readonly Value[]) =>
    reading.sum({ name, unit, description }, values)
  const gauge = (name: string, unit: string, description: string, values: readonly Value[]) =>
    reading.gauge({ name, unit, description }, values)
  const states = (values: Readonly<Record<string, number>>): Value[] =>
    Object.entries(values).map(([state, value]) => [keyValues({ state }), value])
  const directions = (device: string, values: Readonly<Record<string, number>>): Value[] =>
    Object.entries(values).map(([direction, value]) => [keyValues({ device, direction }), value])
  // The wave is slow enough for a sum that always grows.
  const user = ageSeconds * 0.7 + 30 * Math.sin(ageSeconds / 120)
  const system = ageSeconds * 0.22
  const used = (6.1 + busyness * 0.8) * GIB
  const disk = 21e9 + ageSeconds * 8_000
  return [
    sum(
      'system.cpu.time',
      's',
      'CPU time of all processors by state.',
      states({ user, system, idle: ageSeconds * CORES - user - system }),
    ),
    gauge('system.cpu.logical_cores', '', 'Processors that this process may use.', [[[], CORES]]),
    gauge('system.cpu.load_average_1m', '', 'Processes that ran or waited, on average over 1 min.', [
      [[], 0.7 + 0.6 * busyness + 0.5 * waiting],
    ]),
    gauge(
      'system.memory.usage',
      'By',
      'Memory of the machine by its state.',
      states({ used, cached: 3.2 * GIB, free: 12.8 * GIB - used }),
    ),
    gauge('system.memory.limit', 'By', 'Memory of the machine.', [[[], 16 * GIB]]),
    gauge(
      'system.filesystem.usage',
      'By',
      'Space of the file system that holds the working directory.',
      states({ used: disk, free: 50e9 - disk }),
    ),
    sum(
      'system.network.io',
      'By',
      'Bytes by network interface and direction.',
      directions('eth0', { receive: ageSeconds * 210_000, transmit: ageSeconds * 640_000 }),
    ),
    sum(
      'system.disk.io',
      'By',
      'Bytes by disk and direction.',
      directions('sda', { read: ageSeconds * 24_000, write: ageSeconds * 180_000 }),
    ),
  ]
}
