import { parentPort, workerData } from 'node:worker_threads'

import { createReader } from '@sightline/otlp'

import { createDerivation } from '../derive/derivation.ts'
import { createMasking } from '../masking/masking.ts'
import type { EventThreadConfig, FromThread } from '../protocol.ts'
import { createEventWork } from './event-work.ts'
import { GroupCommit } from './group-commit.ts'
import { openStoreModule } from './open-store.ts'
import { runThread } from './thread-loop.ts'

// The main thread starts this file as a thread with an `EventThreadConfig`.
const port = parentPort
if (port === null) throw new Error('This file is started as a thread')
const { store, writer: number, redact }: EventThreadConfig = workerData
const send = (message: FromThread, transfer: readonly ArrayBuffer[] = []) =>
  port.postMessage(message, transfer)

const writer = (await openStoreModule(store)).openEvents(number)
const group = new GroupCommit({ commit: () => writer.commit(), rollback: () => writer.rollback(), send })
const work = createEventWork({
  reader: createReader(),
  masking: redact ? createMasking() : undefined,
  derivation: createDerivation(),
  writer,
  group,
  send,
})
runThread(port, group, work)
send({ kind: 'ready' })
