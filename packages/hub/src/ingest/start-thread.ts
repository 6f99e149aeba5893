import { Worker } from 'node:worker_threads'

/** The modules that run as threads. */
export type ThreadModule = 'event-thread' | 'series-thread' | 'keeper-thread'

/** Megabytes of JavaScript memory of a thread. Beyond it the thread ends, and not the process. */
const MEMORY_MB = 512
/** Megabytes for new objects. Node.js' own size is made for one thread in a process, and not for six of them. */
const YOUNG_MB = 16

/** Starts a thread. From sources, it also imports the sources of other packages. */
export function startThread(module: ThreadModule, workerData: unknown): Worker {
  const isSource = import.meta.url.endsWith('.ts')
  return new Worker(new URL(`./threads/${module}.${isSource ? 'ts' : 'js'}`, import.meta.url), {
    name: module,
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB, maxYoungGenerationSizeMb: YOUNG_MB },
    execArgv: [
      // Node.js 22 warns of its SQLite in each thread.
      '--disable-warning=ExperimentalWarning',
      ...(isSource ? ['--conditions=@sightline/source'] : []),
    ],
  })
}
