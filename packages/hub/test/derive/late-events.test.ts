import { describe, expect, test } from '@jest/globals'

import type { WrittenSample } from '../memory-writer.ts'
import { logColumns, spanColumns } from './requests.ts'
import { createStages, NOW } from './stages.ts'

const HOUR = 3_600_000
const MINUTE = 60_000
const calls = { __name__: 'traces_spanmetrics_calls_total' }

/** A span of each ten seconds of an hour that ended a minute ago. */
const backlog = Array.from({ length: 360 }, (_, n) => ({ start: NOW - HOUR - MINUTE + n * 10_000 }))

/** The increase between two times, as `increase` without extrapolation. */
function increase(samples: readonly WrittenSample[] | undefined, from: number, to: number): number {
  const valueAt = (at: number) => {
    const value = samples?.findLast(({ time }) => time <= at)?.value ?? 0
    return value === 'stale' ? Number.NaN : value
  }
  return valueAt(to) - valueAt(from)
}

/** The increase of each ten seconds of the backlog's hour. */
function increases(samples: readonly WrittenSample[] | undefined): number[] {
  return backlog.map(({ start }) => increase(samples, start, start + 10_000))
}

describe('a backlog of an hour', () => {
  test('counts at the time of its events, with a sample every ten seconds up to the present', () => {
    const { thread, exchange, write, samples, writer } = createStages()
    for (let from = 0; from < 360; from += 60) {
      thread().spans(spanColumns('a', backlog.slice(from, from + 60)))
      exchange()
    }
    write()
    const now = write()
    const found = samples(calls) ?? []
    expect(new Set(increases(found))).toEqual(new Set([1]))
    expect(found.at(0)?.value).toBe(0)
    expect(found.at(-1)).toEqual({ time: now, value: 360 })
    const gaps = found.slice(1).map(({ time }, index) => time - (found[index]?.time ?? 0))
    expect(Math.max(...gaps)).toBeLessThan(20_000)
    expect(writer.counts.outOfOrder).toBe(0)
  })

  test('comes through two threads, of which one is behind', () => {
    const { thread, exchange, write, samples } = createStages(2)
    thread(0).spans(spanColumns('a', backlog))
    exchange()
    write(3_000)
    thread(1).spans(spanColumns('a', backlog))
    exchange()
    write(2_000)
    expect(samples(calls)).toBeUndefined()
    write(3_000, 'late')
    expect(new Set(increases(samples(calls)))).toEqual(new Set([2]))
  })

  test('may be mixed with current events', () => {
    const { thread, exchange, write, samples } = createStages()
    thread().spans(spanColumns('a', [{ start: NOW }]))
    thread().spans(spanColumns('a', backlog))
    exchange()
    write()
    thread().spans(spanColumns('a', [{ start: NOW }]))
    const now = write()
    expect(new Set(increases(samples(calls)))).toEqual(new Set([1]))
    expect(increase(samples(calls), now - 10_000, now)).toBe(2)
  })

  test('counts calls, log records and exceptions at their times', () => {
    const { thread, write, samples } = createStages(2)
    const ids = backlog.map((each, n) => ({ ...each, id: (n + 1).toString(16).padStart(16, '0') }))
    const event = { name: 'exception', attributes: { 'exception.type': 'E', 'exception.message': 'x' } }
    thread(0).spans(
      spanColumns(
        'a',
        ids.map(({ start, id }) => ({ kind: 3, spanId: id, start })),
      ),
    )
    thread(1).spans(
      spanColumns(
        'b',
        ids.map(({ start, id }) => ({ kind: 2, parentSpanId: id, start, events: [event] })),
      ),
    )
    thread(1).logs(
      logColumns(
        'b',
        backlog.map(({ start }) => ({ severity: 9, time: start })),
      ),
    )
    write()
    write()
    for (const name of ['traces_service_graph_request_total', 'log_records_total', 'exceptions_total'])
      expect(new Set(increases(samples({ __name__: name })))).toEqual(new Set([1]))
  })

  test('keeps an exemplar of each part', () => {
    const { thread, write, writer } = createStages()
    thread().spans(spanColumns('a', backlog))
    write()
    write()
    const times = writer.written.flatMap(({ exemplars }) => exemplars.map(({ time }) => time))
    expect(times).toEqual(backlog.map(({ start }) => start + 1))
  })
})

test('series that have samples of the present count late events at the present', () => {
  const { thread, write, samples, writer } = createStages()
  thread().spans(spanColumns('a', [{ start: NOW }]))
  write()
  thread().spans(spanColumns('a', backlog))
  const now = write()
  expect(samples(calls)?.at(-1)).toEqual({ time: now, value: 361 })
  expect(writer.counts.outOfOrder).toBe(0)
})

test('after a restart of the hub, late events count from the last stored sample on', () => {
  const { thread, write, samples, writer } = createStages()
  thread().spans(spanColumns('a', backlog))
  write()
  // An earlier process has stored samples of the same series, up to the middle of the hour.
  const middle = NOW - HOUR / 2
  const labels = {
    job: 'a',
    instance: '',
    span_name: 'work',
    span_kind: 'SPAN_KIND_INTERNAL',
    status_code: 'STATUS_CODE_UNSET',
    http_route: '',
    ...calls,
  }
  writer.append(writer.series(labels) ?? -1, middle, 1_000)
  const now = write()
  const found = samples(calls) ?? []
  expect(found.filter(({ value }) => value === 0)).toHaveLength(1)
  // Prometheus takes the fall to zero as a reset.
  expect(found[1]?.value).toBe(0)
  expect(found.at(-1)).toEqual({ time: now, value: 360 })
  expect(writer.counts.outOfOrder).toBe(0)
})

test('the minutes after a late event repeat its count, and so does the sample before the next one', () => {
  const { thread, write, samples } = createStages()
  const [first, second] = [NOW - HOUR, NOW - HOUR / 2]
  thread().spans(spanColumns('a', [{ start: first }, { start: second }]))
  write()
  write()
  const times = (samples(calls) ?? []).map(({ time }) => time - first).filter((time) => time <= HOUR / 2)
  expect(times.slice(0, 3)).toEqual([-5_000, 10_000, 20_000])
  expect(times.slice(-3)).toEqual([300_000, 310_000, HOUR / 2])
})

test.each([
  ['events from before six hours', NOW - 7 * HOUR],
  ['events of the last seconds', NOW - 20_000],
  ['events of a clock that is ahead', NOW + HOUR],
])('%s count at the present', (_, start) => {
  const { thread, write, samples } = createStages()
  thread().spans(spanColumns('a', [{ start }]))
  const now = write()
  expect(samples(calls)).toEqual([
    { time: now - 15_000, value: 0 },
    { time: now, value: 1 },
  ])
})

test('a clock that is slow does not keep series from the present', () => {
  const { thread, write, samples } = createStages()
  let now = NOW
  for (let second = 0; second < 60; second++) {
    thread().spans(spanColumns('a', [{ start: now - 2 * MINUTE }]))
    now = write(1_000)
  }
  expect(samples(calls)?.at(-1)).toEqual({ time: now, value: 60 })
})

test('a long backlog is written as it comes', () => {
  const { thread, write, samples } = createStages()
  // A minute every second.
  for (let second = 0; second < 50; second++) {
    thread().spans(spanColumns('a', [{ start: NOW - HOUR + second * MINUTE }]))
    write(1_000)
  }
  const last = samples(calls)?.at(-1)
  expect(last?.value).toBeGreaterThan(20)
  expect(last?.time).toBeLessThan(NOW - 10 * MINUTE)
  write()
  const found = samples(calls)
  const minutes = Array.from({ length: 50 }, (_, n) => NOW - HOUR + n * MINUTE)
  expect(new Set(minutes.map((at) => increase(found, at, at + MINUTE)))).toEqual(new Set([1]))
})

test('the last round holds nothing back', () => {
  const { thread, write, samples, series } = createStages()
  thread().spans(spanColumns('a', backlog))
  write()
  expect(series.isHolding).toBe(true)
  write(0, 'last')
  expect(series.isHolding).toBe(false)
  expect(new Set(increases(samples(calls)))).toEqual(new Set([1]))
})

test('held parts are limited: they are written early, and what exceeds them counts at the present', () => {
  const { thread, exchange, write, values, series } = createStages()
  for (let job = 0; job < 400; job++) {
    thread().logs(
      logColumns(
        `job-${job}`,
        backlog.map(({ start }) => ({ severity: 9, time: start })),
      ),
    )
    exchange()
  }
  expect(series.isFull).toBe(true)
  write(1_000, 'late')
  expect(series.isFull).toBe(false)
  write()
  const counts = Object.values(values('log_records_total', 'job'))
  expect(counts).toHaveLength(400)
  expect(new Set(counts)).toEqual(new Set([360]))
})
