/**
 * Stores the metrics of 29 services for some time, as the series thread does, and prints the rates of one core, the bytes per sample and
 * the time of a page's queries:
 * `node --conditions=@sightline/source packages/hub/test/series-rate/main.ts [minutes]`
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { createReader } from '@sightline/otlp'
import { queryRange } from '@sightline/promql'

import { createPoints } from '../../src/ingest/points/points.ts'
import { createSeriesReader } from '../../src/store/sqlite/series/reader.ts'
import { openSeriesWriter } from '../../src/store/sqlite/series/writer.ts'
import { service } from './services.ts'

const SERVICES = 29
const INTERVAL_MS = 10_000
const START = 1_750_000_000_000
const minutes = Number(process.argv[2] ?? 60)

const folder = mkdtempSync(join(tmpdir(), 'series-rate-'))
const writer = openSeriesWriter(folder, { seriesPerJob: 100_000, now: START })
const points = createPoints(writer)
const otlp = createReader()
const services = Array.from({ length: SERVICES }, (_, number) => service(number, START))

const spent = { read: 0, convert: 0, commit: 0, tend: 0 }
let longestTend = 0
let received = 0
const timed = <T>(part: keyof typeof spent, work: () => T): T => {
  const start = process.cpuUsage()
  const result = work()
  const { user, system } = process.cpuUsage(start)
  spent[part] += (user + system) / 1_000
  return result
}

const end = START + minutes * 60_000
for (let time = START + INTERVAL_MS; time <= end; time += INTERVAL_MS) {
  for (const [number, one] of services.entries()) {
    // Services export at different moments of the interval.
    const now = time + number * 300
    const { body, points: count } = one.export(now - Math.floor(Math.sin(time + number) * 3))
    received += count
    const columns = timed('read', () => otlp.metrics(body, 'protobuf'))
    const { rejected, reason } = timed('convert', () => points.add(columns, now))
    if (rejected > 0) throw new Error(reason)
    timed('commit', () => writer.commit())
    for (let isLeft = true; isLeft;) {
      const start = performance.now()
      isLeft = timed('tend', () => writer.tend(now))
      longestTend = Math.max(longestTend, performance.now() - start)
    }
  }
}

const { samples } = writer.counts
const total = spent.read + spent.convert + spent.commit + spent.tend
const rate = (count: number, ms: number): string => Math.round((count / ms) * 1_000).toLocaleString('en')
console.log(`${[...writer.counts.series.values()].reduce((sum, one) => sum + one, 0)} series in use`)
console.log(
  `${rate(received, total)} points/s, ${rate(samples, total)} samples/s in a second of processor time`,
)
for (const [part, ms] of Object.entries(spent))
  console.log(`  ${part.padEnd(8)} ${((ms / received) * 1e3).toFixed(2)} µs per point`)
console.log(`longest call of tend ${longestTend.toFixed(0)} ms`)

const database = new DatabaseSync(join(folder, 'series.db'), { readOnly: true })
const numberOf = (sql: string): number => Number(Object.values(database.prepare(sql).get() ?? {})[0])
const merged = numberOf('SELECT sum(samples) FROM block WHERE state = 1')
const chunks = numberOf('SELECT sum(length(samples)) FROM chunk')
const pages = numberOf('PRAGMA page_count') - numberOf('PRAGMA freelist_count')
const inUse = pages * numberOf('PRAGMA page_size')
const batches = numberOf('SELECT sum(length(samples)) FROM batch')
console.log(`${(chunks / merged).toFixed(2)} bytes per sample in chunks`)
console.log(
  `${((inUse - batches) / merged).toFixed(2)} bytes per sample in the file, labels and all else included`,
)
database.close()

const source = createSeriesReader(folder)
const job = 'job="service-7"'
const PAGE = [
  `sum(rate(http_server_request_duration_seconds_count{${job}}[1m]))`,
  `sum by (http_response_status_code) (rate(http_server_request_duration_seconds_count{${job}}[1m]))`,
  `histogram_quantile(0.5, sum by (le) (rate(http_server_request_duration_seconds_bucket{${job}}[1m])))`,
  `histogram_quantile(0.95, sum by (le) (rate(http_server_request_duration_seconds_bucket{${job}}[1m])))`,
  `histogram_quantile(0.99, sum by (le) (rate(http_server_request_duration_seconds_bucket{${job}}[1m])))`,
  `topk(5, sum by (http_route) (rate(http_server_request_duration_seconds_count{${job}}[1m])))`,
  `sum(rate(http_server_request_duration_seconds_sum{${job}}[1m])) / sum(rate(http_server_request_duration_seconds_count{${job}}[1m]))`,
  `sum(rate(shop_number_0_total{${job}}[1m]))`,
  `sum by (http_route) (rate(shop_number_2_total{${job}}[1m]))`,
  `max(shop_number_3{${job}})`,
  `avg by (http_route) (shop_number_4{${job}})`,
  `sum by (job) (rate(http_server_request_duration_seconds_count[1m]))`,
]
for (const [range, step] of [
  [900_000, 5_000],
  [3_600_000, 15_000],
] as const) {
  const times: number[] = []
  let selecting = 0
  const counted = {
    select: async (selection: Parameters<typeof source.select>[0]) => {
      const start = performance.now()
      const found = await source.select(selection)
      selecting += performance.now() - start
      return found
    },
  }
  for (let run = 0; run < 20; run++) {
    const start = performance.now()
    for (const query of PAGE) await queryRange(counted, query, { start: end - range, end, step })
    times.push(performance.now() - start)
  }
  const sorted = times.toSorted((a, b) => a - b)
  console.log(
    `${PAGE.length} queries over ${range / 60_000} minutes: first ${(times[0] ?? 0).toFixed(0)} ms, median ${(sorted[10] ?? 0).toFixed(0)} ms, of which select ${(selecting / 20).toFixed(0)} ms`,
  )
}
source.close()
writer.close()
rmSync(folder, { recursive: true })
