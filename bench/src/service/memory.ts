import {
  constants,
  type NodeGCPerformanceDetail,
  type PerformanceEntry,
  PerformanceObserver,
} from 'node:perf_hooks'
import { getHeapSpaceStatistics } from 'node:v8'

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
    return { heap: process.memoryUsage().heapUsed, code: codeBytes(), gcMs }
  }
}

/** What V8 keeps of compiled functions. It compiles for minutes, one function after the other. */
function codeBytes(): number {
  const spaces = getHeapSpaceStatistics().filter(({ space_name: name }) => /^(?:code|trusted)_/.test(name))
  return spaces.reduce((sum, space) => sum + space.space_used_size, 0)
}

/** Milliseconds of collection since the last call. */
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

/** Whether it was asked for, by us: such a collection is none of the program's. */
function isForced(entry: PerformanceEntry): boolean {
  // What node documents for entries of this type; @types/node gives all of them only what they have in common.
  const { flags } = (entry as PerformanceEntry & { detail: NodeGCPerformanceDetail }).detail
  return (flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) !== 0
}
