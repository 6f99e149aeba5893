import { telemetry } from './telemetry.ts'

/**
 * Does something again and again until the service ends, and never twice at the same time. Each time is observed as a
 * job of that name: logged, counted, traced. One that has failed is tried again the next time.
 */
export function repeat(job: string, everyMs: number, work: () => Promise<void>): void {
  let underWay: Promise<void> | undefined

  async function attempt(): Promise<void> {
    try {
      await telemetry.job(job, work)
    } catch {
      // Told by then as `job failed`, with the error.
    }
  }

  const timer = setInterval(() => {
    underWay ??= attempt().finally(() => {
      underWay = undefined
    })
  }, everyMs).unref()
  // Hooks run in reverse order: what the job needs has been opened, and so is closed, on the other side of it.
  telemetry.onShutdown(job, async () => {
    clearInterval(timer)
    await underWay
  })
}
