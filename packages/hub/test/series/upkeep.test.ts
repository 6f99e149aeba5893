import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { queryInstant } from '@sightline/promql'

import { matchers, readAll, settle, START } from '../store/series-access.ts'
import { type SeriesFile, seriesFile } from './series-file.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

describe('the work in the background', () => {
  let file: SeriesFile
  beforeEach(async () => {
    file = await seriesFile()
  })
  afterEach(() => file.close())

  /** Writes a counter and a gauge every `interval` from `from` to `to` after the start, and does the work that is due meanwhile. */
  function write(from: number, to: number, interval: number): void {
    const counter = file.writer.series({ __name__: 'requests_total', job: 'a' }) ?? 0
    const gauge = file.writer.series({ __name__: 'load', job: 'a' }) ?? 0
    for (let time = from; time < to; time += interval) {
      file.writer.append(counter, START + time, time / 1_000)
      file.writer.append(gauge, START + time, Math.sin(time))
      file.writer.commit()
      settle(file.writer, START + time)
    }
  }

  const all = { matchers: matchers('{__name__=~".+"}'), start: 0, end: Infinity }
  const counts = async (): Promise<number[]> =>
    (await readAll(file.reader, all)).map(({ times }) => times.length)

  test('leaves no batch behind, and merges eight blocks into one', async () => {
    write(0, 80 * 30 * SECOND, 15 * SECOND)
    settle(file.writer, START + HOUR)
    const levels = file.blocks().map(({ level }) => level)
    // Each number of a level is less than eight, as of the digits of a number.
    for (const level of [0, 1, 2]) expect(levels.filter((one) => one === level).length).toBeLessThan(8)
    expect(Math.max(...levels)).toBe(2)
    expect(file.rows('SELECT count(*) AS count FROM batch')).toEqual([{ count: 0 }])
    expect(file.rows('SELECT count(*) AS count FROM block WHERE state <> 1')).toEqual([{ count: 0 }])
    // Chunks of blocks that were merged are deleted.
    expect(file.rows('SELECT count(DISTINCT id / 4194304) AS count FROM chunk')).toEqual([
      { count: levels.length },
    ])
    expect(await counts()).toEqual([160, 160])
  })

  test('thins out by age: 10 seconds, a minute, 10 minutes', async () => {
    write(0, 20 * MINUTE, 5 * SECOND)
    const samples = async (now: number): Promise<[resolutions: number[], counts: number[]]> => {
      settle(file.writer, START + now)
      return [[...new Set(file.blocks().map(({ resolution }) => resolution))], await counts()]
    }
    expect(await samples(HOUR)).toEqual([[0], [240, 240]])
    // A block is due when its period, of 6 hours, is over and old enough.
    expect(await samples(12 * HOUR)).toEqual([[10 * SECOND], [120, 120]])
    expect(await samples(5 * DAY)).toEqual([[MINUTE], [21, 21]])
    const perMinute = (await readAll(file.reader, all))[1]
    expect(perMinute?.labels['__name__']).toBe('requests_total')
    // The last of each minute, with its own time.
    const lasts = new Map<number, number>()
    for (let time = START; time < START + 20 * MINUTE; time += 5 * SECOND)
      lasts.set(Math.floor(time / MINUTE), time)
    expect(perMinute?.times).toEqual([...lasts.values()])
    expect(await samples(41 * DAY)).toEqual([[10 * MINUTE], [3, 3]])
    expect(file.blocks()).toHaveLength(1)
  })

  test('keeps the increase of counters right at each resolution', async () => {
    write(0, 2 * HOUR, 10 * SECOND)
    const increase = async (): Promise<number> => {
      const { result } = await queryInstant(file.reader, 'increase(requests_total[1h])', {
        time: START + 90 * MINUTE,
      })
      const [first] = result as ReadonlyArray<{ readonly value: readonly [number, string] }>
      return Number(first?.value[1])
    }
    for (const now of [3 * HOUR, DAY, 5 * DAY, 45 * DAY]) {
      settle(file.writer, START + now)
      expect(await increase()).toBeCloseTo(3_600, 6)
    }
    expect(file.blocks().every(({ resolution }) => resolution === 10 * MINUTE)).toBe(true)
  })

  test('a block of late samples does not disturb the order of others', async () => {
    const one = file.writer.series({ __name__: 'late', job: 'a' }) ?? 0
    write(0, 20 * MINUTE, 10 * SECOND)
    for (let index = 0; index < 100; index++) {
      file.writer.append(one, START - 10 * DAY + index * SECOND, index)
      file.writer.commit()
      settle(file.writer, START + 20 * MINUTE + index * MINUTE)
    }
    settle(file.writer, START + 2 * DAY)
    const found = await readAll(file.reader, all)
    for (const { times } of found) expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(found.find(({ labels }) => labels['__name__'] === 'late')?.values.at(-1)).toBe(99)
  })

  test('continues after a crash in its middle', async () => {
    const numbers = Array.from(
      { length: 5_000 },
      (_, index) => file.writer.series({ __name__: 'm', index: `${index}` }) ?? 0,
    )
    for (let round = 0; round < 20; round++)
      for (const number of numbers) file.writer.append(number, START + round * SECOND, round)
    file.writer.commit()
    // The work is interrupted after some slices of each kind.
    for (let slices = 1; slices < 6; slices++) {
      for (let slice = 0; slice < slices; slice++) file.writer.tend(START + 20 * SECOND)
      file.reopen()
    }
    settle(file.writer, START + MINUTE)
    expect(file.rows('SELECT count(*) AS count FROM block')).toEqual([{ count: 1 }])
    expect(file.rows('SELECT count(*) AS count FROM batch')).toEqual([{ count: 0 }])
    expect(new Set(await counts())).toEqual(new Set([20]))
  })
})

describe('retention', () => {
  const write = (file: SeriesFile, name: string, from: number, to: number, interval: number): void => {
    const one = file.writer.series({ __name__: name, job: 'a' }) ?? 0
    for (let time = from; time < to; time += interval) {
      file.writer.append(one, START + time, Math.random())
      file.writer.commit()
      settle(file.writer, START + time)
    }
  }
  const names = async (file: SeriesFile): Promise<string[]> =>
    (await readAll(file.reader, { matchers: matchers('{job="a"}'), start: 0, end: Infinity })).map(
      ({ labels }) => labels['__name__'] ?? '',
    )

  test('deletes what is too old, and the series that have no sample left', async () => {
    const file = await seriesFile({ retention: 2 * DAY })
    write(file, 'old', 0, HOUR, 10 * MINUTE)
    write(file, 'new', 2 * DAY, 3 * DAY, HOUR)
    settle(file.writer, START + 3 * DAY)
    expect(await names(file)).toEqual(['new'])
    expect(await file.reader.labelValues('__name__', [])).toEqual(['new'])
    expect(file.rows('SELECT count(*) AS count FROM series')).toEqual([{ count: 1 }])
    await file.close()
  })

  test('keeps the number of a deleted series valid', async () => {
    const file = await seriesFile({ retention: 2 * DAY })
    const labels = { __name__: 'old', job: 'a' }
    const number = file.writer.series(labels) ?? 0
    write(file, 'old', 0, HOUR, 10 * MINUTE)
    write(file, 'new', 2 * DAY, 3 * DAY, HOUR)
    settle(file.writer, START + 3 * DAY)
    expect(await names(file)).toEqual(['new'])
    file.writer.append(number, START + 3 * DAY, 1)
    file.writer.commit()
    expect(await names(file)).toEqual(['new', 'old'])
    expect(file.writer.series(labels)).toBe(number)
    file.reopen()
    expect(file.writer.series(labels)).toBe(number)
    await file.close()
  })

  test('gives a new series another number than any deleted one', async () => {
    const file = await seriesFile({ retention: 2 * DAY })
    write(file, 'old', 0, HOUR, 10 * MINUTE)
    const number = file.writer.series({ __name__: 'old', job: 'a' })
    settle(file.writer, START + 5 * DAY)
    expect(file.rows('SELECT count(*) AS count FROM series')).toEqual([{ count: 0 }])
    file.reopen({ now: START + 5 * DAY })
    expect(file.writer.series({ __name__: 'other', job: 'a' })).not.toBe(number)
    await file.close()
  })

  test('deletes the oldest samples where there are too many', async () => {
    const file = await seriesFile({ maxBytes: 400_000 })
    const numbers = Array.from(
      { length: 100 },
      (_, index) => file.writer.series({ __name__: 'm', index: `${index}` }) ?? 0,
    )
    for (let minute = 0; minute < 900; minute++) {
      for (const number of numbers) file.writer.append(number, START + minute * MINUTE, Math.random())
      file.writer.commit()
      settle(file.writer, START + minute * MINUTE)
    }
    const [{ bytes } = { bytes: 0 }] = file.rows('SELECT sum(length(samples)) AS bytes FROM chunk')
    expect(bytes).toBeLessThan(800_000)
    const [series] = await readAll(file.reader, {
      matchers: matchers('m{index="0"}'),
      start: 0,
      end: Infinity,
    })
    expect(series?.times.at(-1)).toBe(START + 899 * MINUTE)
    expect(series?.times[0]).toBeGreaterThan(START)
    await file.close()
  })

  test('keeps an exemplar of each five minutes after an hour, and none after two weeks', async () => {
    const file = await seriesFile()
    const one = file.writer.series({ __name__: 'd_bucket' }) ?? 0
    for (let time = 0; time < 2 * HOUR; time += 10 * SECOND)
      file.writer.exemplar(one, { labels: { trace_id: `${time}` }, value: 1, time: START + time })
    file.writer.commit()
    const times = async (): Promise<number[]> => {
      const selection = { matchers: matchers('d_bucket'), start: 0, end: Infinity }
      const [found] = await file.reader.exemplars([selection])
      return found?.exemplars.map(({ time }) => time) ?? []
    }
    settle(file.writer, START + 2 * HOUR)
    const kept = await times()
    expect(kept.filter((time) => time >= START + HOUR)).toHaveLength(360)
    const old = kept.filter((time) => time < START + HOUR).map((time) => Math.floor(time / (5 * MINUTE)))
    expect(old).toEqual([...new Set(old)])
    expect(old).toHaveLength(13)
    settle(file.writer, START + 14 * DAY + 2 * HOUR)
    expect(await times()).toEqual([])
    await file.close()
  })
})
