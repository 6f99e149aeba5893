import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import type { Readable } from 'node:stream'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { hashOf, labelText } from '../../src/store/sqlite/series/index/label-text.ts'
import { matchers, readAll, settle, START } from '../store/series-access.ts'
import { type SeriesFile, seriesFile } from './series-file.ts'

describe('series.db', () => {
  let file: SeriesFile
  beforeEach(async () => {
    file = await seriesFile()
  })
  afterEach(() => file.close())

  const all = { matchers: matchers('{__name__=~".+"}'), start: 0, end: Infinity }
  const write = (time: number): void => {
    file.writer.append(file.writer.series({ __name__: 'up' }) ?? 0, time, 1)
    file.writer.commit()
  }

  test('is set aside and reported when it is damaged, and a new one is begun', async () => {
    write(START)
    settle(file.writer, START)
    file.writer.close()
    const bytes = readFileSync(file.path)
    bytes.fill(0x55, 100)
    writeFileSync(file.path, bytes)
    await expect(readAll(file.reader, all)).rejects.toThrow('malformed')
    file.writer = file.open()
    expect(file.problems).toEqual([
      expect.stringMatching(
        /^The series of .*series\.db cannot be read \(.+\): the file is now .*series\.damaged\.db, and a new one was begun\.$/,
      ),
    ])
    expect(readFileSync(file.path.replace('.db', '.damaged.db'))).toEqual(bytes)
    expect(await readAll(file.reader, all)).toEqual([])
    write(START)
    expect(await readAll(file.reader, all)).toHaveLength(1)
  })

  test('is set aside when it is no database, as often as that happens', () => {
    for (const content of ['no database at all', 'neither is this, but it is long enough '.repeat(200)]) {
      file.writer.close()
      writeFileSync(file.path, content)
      file.reopen()
    }
    expect(readdirSync(file.folder)).toEqual(
      expect.arrayContaining(['series.damaged.db', 'series.damaged-2.db', 'series.db']),
    )
    expect(file.problems).toHaveLength(2)
  })

  test('is set aside when another version wrote it', async () => {
    write(START)
    file.writer.close()
    const database = new DatabaseSync(file.path)
    database.exec('PRAGMA user_version = 99')
    database.close()
    file.reader.close()
    expect(await readAll(file.reader, all)).toEqual([])
    file.reopen()
    expect(file.problems).toEqual([expect.stringContaining('were written by another version (99)')])
    expect(readdirSync(file.folder)).toContain('series.version-99.db')
  })

  test('need not exist for a reader', async () => {
    file.writer.close()
    const empty = await seriesFile()
    empty.writer.close()
    writeFileSync(empty.path, '')
    expect(await readAll(empty.reader, all)).toEqual([])
    expect(await empty.reader.labelNames([])).toEqual([])
    empty.reopen()
    await empty.close()
    file.reopen()
  })

  test('has the samples of a failed commit after the next one', async () => {
    const other = new DatabaseSync(file.path)
    const one = file.writer.series({ __name__: 'up' }) ?? 0
    other.exec('BEGIN IMMEDIATE')
    file.writer.append(one, START, 1)
    expect(() => file.writer.commit()).toThrow('locked')
    other.exec('ROLLBACK')
    other.close()
    expect(await readAll(file.reader, all)).toEqual([])
    file.writer.append(one, START, 1) // As a client that sends the request again.
    file.writer.append(one, START + 1, 2)
    file.writer.commit()
    expect(await readAll(file.reader, all)).toMatchObject([{ times: [START, START + 1], values: [1, 2] }])
    expect(file.writer.counts).toMatchObject({ samples: 2, outOfOrder: 0 })
  })

  test('tells series apart whose labels have the same hash', async () => {
    const values = ['1xeub1f46b7qf', '8sm1wt9yoc2t']
    const hashes = values.map((index) => hashOf(labelText({ __name__: 'm', index })))
    expect(hashes[0]).toBe(hashes[1])
    const numbers = values.map((index) => file.writer.series({ __name__: 'm', index }) ?? 0)
    expect(new Set(numbers).size).toBe(2)
    numbers.forEach((number, index) => file.writer.append(number, START, index))
    file.writer.commit()
    file.reopen()
    expect(values.map((index) => file.writer.series({ __name__: 'm', index }))).toEqual(numbers)
  })

  /** A process that writes rounds of samples and prints each after its commit. Without a last round, it does so until it is killed. */
  const startWriter = (first: number, last = Infinity): ChildProcessByStdio<null, Readable, null> =>
    spawn(
      process.execPath,
      [
        '--experimental-strip-types',
        '--disable-warning=ExperimentalWarning',
        '--conditions=@sightline/source',
        `${import.meta.dirname}/fixtures/writer.ts`,
        file.folder,
        `${first}`,
        `${last}`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )

  test('is read while another process writes: what was committed, once', async () => {
    file.writer.close()
    const child = startWriter(0, 300)
    let reads = 0
    for await (const line of createInterface({ input: child.stdout })) {
      const { round } = JSON.parse(line) as { round: number }
      if (round % 10 !== 0) continue
      const found = await readAll(file.reader, all)
      expect(found).toHaveLength(100)
      for (const { times } of found) {
        expect(times.length).toBeGreaterThan(round)
        expect(times).toEqual(times.map((_, index) => START + index * 10_000))
      }
      reads++
    }
    expect(reads).toBe(31)
  })

  test('has everything that was committed after kill -9, under the same numbers', async () => {
    file.writer.close()
    const numbers = new Map<string, number>()
    let committed = -1
    for (let run = 0; run < 3; run++) {
      const child = startWriter(committed + 1)
      const lines = createInterface({ input: child.stdout })
      // Ended in the middle of its work, some rounds after the start.
      const last = committed + 40 + run * 7
      for await (const line of lines) {
        const { series, round } = JSON.parse(line) as { series: Record<string, number>; round: number }
        for (const [name, number] of Object.entries(series)) {
          expect(numbers.get(name) ?? number).toBe(number)
          numbers.set(name, number)
        }
        committed = round
        if (round === last) child.kill('SIGKILL')
      }
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      expect(child.signalCode).toBe('SIGKILL')
    }
    file.reopen()
    expect(file.problems).toEqual([])
    const found = await readAll(file.reader, all)
    expect(found).toHaveLength(numbers.size)
    for (const { times, values } of found) {
      // A round that was committed when the process ended may not have been reported.
      expect(times.length).toBeGreaterThan(committed)
      expect(times).toEqual(times.map((_, round) => START + round * 10_000))
      expect(values).toEqual(values.map((_, round) => round))
    }
  })
})
