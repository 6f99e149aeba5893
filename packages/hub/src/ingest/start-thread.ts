import { Worker } from 'node:worker_threads'

import { moduleUrl, THREAD_ARGUMENTS, threadEnvironment } from '../modules.ts'

/** The modules that run as threads. */
export type ThreadModule = 'event-thread' | 'series-thread' | 'keeper-thread'

/** Megabytes of JavaScript memory of a thread. Beyond it the thread ends, and not the process. */
const MEMORY_MB = 512
/** Megabytes for new objects. Node.js' own size is made for one thread in a process, and not for six of them. */
const YOUNG_MB = 16

/** Starts a thread. */
export function startThread(module: ThreadModule, workerData: unknown): Worker {
  return new Worker(moduleUrl(`ingest/threads/${module}`), {
    name: module,
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB, maxYoungGenerationSizeMb: YOUNG_MB },
    execArgv: [...THREAD_ARGUMENTS],
    env: threadEnvironment(),
  })
}
