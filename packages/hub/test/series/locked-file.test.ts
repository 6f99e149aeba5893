import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'

import { afterEach, beforeEach, expect, test } from '@jest/globals'

import { openForReading, openForWriting } from '../../src/store/sqlite/series/schema.ts'
import { seriesState } from '../../src/store/sqlite/series/state.ts'

/** Holds the lock of a file as the writer of a new one does, and gives it back a moment after it is told that another one wants it. */
const HOLDER = `
  const { parentPort, workerData: { path, wanted } } = require('node:worker_threads')
  const { DatabaseSync } = require('node:sqlite')
  const database = new DatabaseSync(path)
  database.exec('BEGIN EXCLUSIVE')
  parentPort.postMessage('held')
  Atomics.wait(wanted, 0, 0)
  Atomics.wait(wanted, 1, 0, 200)
  database.exec('ROLLBACK')
  database.close()
`

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hub-locked-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Runs `work` while another thread holds the lock of the series, which it gives back after `work` has begun. */
async function whileLocked<T>(work: () => T): Promise<T> {
  const wanted = new Int32Array(new SharedArrayBuffer(8))
  const workerData = { path: join(folder, 'series.db'), wanted }
  const holder = new Worker(HOLDER, {
    eval: true,
    workerData,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  const ended = once(holder, 'exit')
  await once(holder, 'message')
  Atomics.store(wanted, 0, 1)
  Atomics.notify(wanted, 0)
  try {
    return work()
  } finally {
    await ended
  }
}

test('the state of series waits for the thread that is making their file', async () => {
  expect(await whileLocked(() => seriesState(folder))).toMatchObject({ series: 0 })
})

test('a reader waits for the thread that is making the file', async () => {
  expect(await whileLocked(() => openForReading(folder))).toBeUndefined()
})

test('a writer waits for a reader of the new file', async () => {
  const { database, problem } = await whileLocked(() => openForWriting(folder))
  database.close()
  expect(problem).toBeUndefined()
  expect(seriesState(folder)).toMatchObject({ series: 0 })
})
