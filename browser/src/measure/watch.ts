import type { CDPSession, Page } from 'playwright-core'

/** What a page did while it was watched. */
export interface Watched {
  /** Tasks of more than 50 ms: how many, and the longest in milliseconds. */
  readonly longTasks: number
  readonly longest: number
  /** Megabytes of the heap after a garbage collection, at the beginning and at the end. */
  readonly heapBefore: number
  readonly heapAfter: number
  /** Share of the time that the page's thread worked. */
  readonly busy: number
}

interface Tasks {
  readonly tasks: number[]
}

/** Lets a page keep its long tasks. To be called before it opens its address. */
export async function keepLongTasks(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const tasks: number[] = []
    Object.assign(globalThis, { tasks })
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) tasks.push(duration)
    }).observe({ type: 'longtask', buffered: true })
  })
}

/** Watches an open page while `work` goes on. */
export async function watch(page: Page, work: () => Promise<void>): Promise<Watched> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  const before = await metricsOf(session)
  await page.evaluate(() => void (globalThis as unknown as Tasks).tasks.splice(0))
  await work()
  const tasks = await page.evaluate(() => (globalThis as unknown as Tasks).tasks)
  const after = await metricsOf(session)
  await session.detach()
  return {
    longTasks: tasks.length,
    longest: Math.max(0, ...tasks),
    heapBefore: before.heap,
    heapAfter: after.heap,
    busy: (after.worked - before.worked) / (after.time - before.time),
  }
}

async function metricsOf(session: CDPSession) {
  await session.send('HeapProfiler.collectGarbage')
  const { metrics } = await session.send('Performance.getMetrics')
  const valueOf = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? 0
  return {
    heap: valueOf('JSHeapUsedSize') / 1e6,
    worked: valueOf('TaskDuration'),
    time: valueOf('Timestamp'),
  }
}
