import { PerformanceObserver } from 'node:perf_hooks'

import type { Memory } from './plan.ts'

/** Reads what the process keeps. Watches the collector from the first reading on: no other measurement pays for it. */
export function memoryWatch(): () => Memory {
  let collected: (() => number) | undefined
  return () => {
    const { gc } = globalThis
    if (gc === undefined) throw new Error('memory can be read only in a process that runs with --expose-gc')
    collected ??= collectorTime()
    const gcMs = collected()
    gc()
    // The full collection itself is none of the program's.
    collected()
    return { heap: process.memoryUsage().heapUsed, gcMs }
  }
}

/** Milliseconds of collection since the last call. */
function collectorTime(): () => number {
  let total = 0
  const count = (entries: readonly { duration: number }[]) => {
    for (const { duration } of entries) total += duration
  }
  const observer = new PerformanceObserver((list) => count(list.getEntries()))
  observer.observe({ entryTypes: ['gc'] })
  return () => {
    count(observer.takeRecords())
    const since = total
    total = 0
    return since
  }
}
