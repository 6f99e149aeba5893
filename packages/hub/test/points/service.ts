import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { createReader } from '@sightline/otlp'
import { Matcher } from '@sightline/promql'

import { createPoints } from '../../src/ingest/points/points.ts'
import type { SeriesWriter } from '../../src/store/samples.ts'
import { createSeriesReader, type SeriesReader } from '../../src/store/sqlite/series/reader.ts'
import { openSeriesWriter } from '../../src/store/sqlite/series/writer.ts'

/** Seconds since 1970. */
export const START = 1_750_000_000

type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain }

/** A metric of a request in OTLP's JSON. */
export type Metric = { readonly [key: string]: Plain }

/** A hub that stores metrics, for one test. Times are seconds after `START`. */
export interface Hub {
  readonly writer: SeriesWriter
  readonly reader: SeriesReader
  /** Stores a request of metrics. */
  send(
    metrics: readonly Metric[],
    options?: { readonly resource?: Plain; readonly now?: number },
  ): {
    readonly rejected: number
    readonly reason: string
  }
  /** Stored samples as `name{labels}`, and their times and values: `10: 5`. A staleness marker is `stale`. */
  stored(name?: string): Promise<Record<string, string>>
  /** Stops the hub and starts it again. */
  restart(): void
  close(): Promise<void>
}

/** `service.name`, and a version, so that there is a `target_info`. */
export const RESOURCE = { 'service.name': 'shop', 'service.instance.id': 'shop-1', 'service.version': '1.2' }

export async function startHub(seriesPerJob = 10_000): Promise<Hub> {
  const folder = await mkdtemp(join(tmpdir(), 'points-'))
  const open = (): SeriesWriter => openSeriesWriter(folder, { seriesPerJob, now: START * 1_000 })
  let writer = open()
  let points = createPoints(writer)
  const otlp = createReader()
  const reader = createSeriesReader(folder)
  return {
    get writer() {
      return writer
    },
    reader,
    send(metrics, { resource = RESOURCE, now = 1_000 } = {}) {
      const body = {
        resourceMetrics: [
          {
            resource: { attributes: attributes(resource) },
            scopeMetrics: [{ scope: { name: 'test' }, metrics }],
          },
        ],
      }
      const columns = otlp.metrics(Buffer.from(JSON.stringify(body)), 'json')
      if (columns.rejected > 0) throw new Error(columns.reason)
      const answer = points.add(columns, (START + now) * 1_000)
      writer.commit()
      return answer
    },
    async stored(name = '.+') {
      const matchers = [new Matcher('__name__', '=~', name)]
      const found = await reader.select({ matchers, start: 0, end: Infinity })
      const texts = found.map(({ labels: { __name__: main, ...labels }, times, values }) => {
        const list = Object.entries(labels).map(([label, value]) => `${label}=${value}`)
        const samples = [...times].map(
          (time, index) => `${(time - START * 1_000) / 1_000}: ${textOf(values[index] ?? 0)}`,
        )
        return [`${main ?? ''}{${list.join()}}`, samples.join(', ')] as const
      })
      return Object.fromEntries(texts)
    },
    restart() {
      writer.close()
      writer = open()
      points = createPoints(writer)
    },
    async close() {
      reader.close()
      writer.close()
      await rm(folder, { recursive: true })
    },
  }
}

function textOf(value: number): string {
  const isStale = new BigUint64Array(Float64Array.of(value).buffer)[0] === 0x7ff0000000000002n
  return isStale ? 'stale' : String(value)
}

/** Attributes in OTLP's JSON. */
export function attributes(values: Plain): Plain[] {
  return Object.entries(values ?? {}).map(([key, value]) => ({ key, value: valueOf(value) }))
}

function valueOf(value: Plain): Plain {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: value } : { doubleValue: value }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(valueOf) } }
  return { kvlistValue: { values: attributes(value) } }
}

/** The nanoseconds of a time. */
export function nanoseconds(seconds: number): string {
  return `${START + seconds}000000000`
}

/** Fields that all points have. `start` 0: unknown. */
export function point(time: number, start: number | undefined, fields: Metric, labels: Plain = {}): Metric {
  return {
    timeUnixNano: nanoseconds(time),
    ...(start !== undefined && { startTimeUnixNano: nanoseconds(start) }),
    attributes: attributes(labels),
    ...fields,
  }
}

/** A metric whose points have a temporality. */
export function metric(
  name: string,
  kind: 'gauge' | 'sum' | 'histogram' | 'exponentialHistogram' | 'summary',
  dataPoints: readonly Metric[],
  options: Metric = {},
): Metric {
  const { unit = '', description = '', ...rest } = options
  return { name, unit, description, [kind]: { dataPoints, ...rest } }
}

export const CUMULATIVE = { aggregationTemporality: 2 }
export const DELTA = { aggregationTemporality: 1 }
export const MONOTONIC = { isMonotonic: true }
