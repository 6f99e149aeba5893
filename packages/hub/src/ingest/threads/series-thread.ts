import { parentPort, workerData } from 'node:worker_threads'

import { createReader } from '@sightline/otlp'

import { createExposition } from '../../scrape/exposition/exposition.ts'
import { openStoreModule } from '../../store/store-module.ts'
import { createDerivedSeries } from '../derive/derived-series.ts'
import { createMasking } from '../masking/masking.ts'
import { createPoints } from '../points/points.ts'
import type { FromThread, SeriesThreadConfig } from '../protocol.ts'
import { GroupCommit } from './group-commit.ts'
import { createSeriesWork } from './series-work.ts'
import { runThread } from './thread-loop.ts'

// The main thread starts this file as a thread with a `SeriesThreadConfig`.
const port = parentPort
if (port === null) throw new Error('This file is started as a thread')
const { store, redact }: SeriesThreadConfig = workerData
const send = (message: FromThread, transfer: readonly ArrayBuffer[] = []) =>
  port.postMessage(message, transfer)

const writer = (await openStoreModule(store)).openSeries()
const group = new GroupCommit({
  commit: () => writer.commit(),
  // A writer of series keeps what a failed commit has not stored. What the clients send again has the same times and values.
  rollback: () => undefined,
  send,
})
const work = createSeriesWork({
  reader: createReader(),
  masking: redact ? createMasking() : undefined,
  points: createPoints(writer),
  exposition: createExposition(writer),
  derived: createDerivedSeries(),
  writer,
  group,
  send,
})
runThread(port, group, work)
send({ kind: 'ready' })
