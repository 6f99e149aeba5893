import {
  constants,
  type NodeGCPerformanceDetail,
  type PerformanceEntry,
  PerformanceObserver,
} from 'node:perf_hooks'
import { getHeapSpaceStatistics } from 'node:v8'

import type { Memory } from './plan.ts'

/**
 * Reads the retained memory. Garbage collection is observed from the first reading on, so that other
 * measurements do not pay for it.
 */
export function memoryWatch(): () => Memory {
  let collected: (() => number) | undefined
  return () => {
    const { gc } = globalThis
    if (gc === undefined) throw new Error('memory can be read only in a process that runs with --expose-gc')
    collected ??= collectorTime()
    const gcMs = collected()
    gc()
    return { heap: process.memoryUsage().heapUsed, code: codeBytes(), gcMs }
  }
}

/** V8's memory for compiled functions. It compiles functions over several minutes. */
function codeBytes(): number {
  const spaces = getHeapSpaceStatistics().filter(({ space_name: name }) => /^(?:code|trusted)_/.test(name))
  return spaces.reduce((sum, space) => sum + space.space_used_size, 0)
}

/** Milliseconds of garbage collection since the last call. */
function collectorTime(): () => number {
  let total = 0
  const count = (entries: readonly PerformanceEntry[]) => {
    for (const entry of entries) if (!isForced(entry)) total += entry.duration
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

/** Whether the harness forced the collection. Such a collection does not count. */
function isForced(entry: PerformanceEntry): boolean {
  // Node documents this for entries of this type. @types/node has only the common members.
  const { flags } = (entry as PerformanceEntry & { detail: NodeGCPerformanceDetail }).detail
  return (flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) !== 0
}
