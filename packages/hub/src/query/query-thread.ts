import { parentPort, workerData } from 'node:worker_threads'

import { openStoreModule } from '../store/store-module.ts'
import type { Request, Response, ThreadConfig } from './protocol.ts'
import { canceledError, queryErrorOf } from './query-error.ts'
import type { TaskContext } from './tasks/task.ts'
import { TASKS } from './tasks/tasks.ts'

// The pool starts this file as a thread, with a `ThreadConfig`, and sends it one task at a time.
const port = parentPort
if (port === null) throw new Error('This file is started as a thread')
const { store, maxSamples }: ThreadConfig = workerData
const reader = (await openStoreModule(store)).openReader()
const running = new Map<number, AbortController>()

port.on('message', (request: Request) => {
  if (request.kind === 'cancel') running.get(request.id)?.abort()
  else void answer(request)
})

async function answer({ id, name, params, timeMs, form }: Extract<Request, { kind: 'task' }>): Promise<void> {
  const canceling = new AbortController()
  running.set(id, canceling)
  try {
    // The pool types the parameters of each task.
    const task = TASKS[name] as (context: TaskContext, params: unknown) => Promise<unknown>
    const result = await task({ reader, signal: canceling.signal, timeMs, maxSamples }, params)
    if (form === 'value') return post({ kind: 'result', id, result })
    const bytes = new TextEncoder().encode(JSON.stringify(result))
    post({ kind: 'result', id, result: bytes }, [bytes.buffer])
  } catch (error) {
    // A reader may have its own error for an aborted signal.
    const { errorType, message, status } = canceling.signal.aborted ? canceledError() : queryErrorOf(error)
    post({ kind: 'error', id, errorType, message, status })
  } finally {
    running.delete(id)
  }
}

function post(response: Response, transfer: readonly ArrayBuffer[] = []): void {
  port?.postMessage(response, transfer)
}
