import { telemetry } from './telemetry.ts'

/**
 * Runs a job periodically until the service ends, without overlap. Each run is observed as a job of that
 * name: logged, counted, traced. A failed run is retried at the next interval.
 */
export function repeat(job: string, everyMs: number, work: () => Promise<void>): void {
  let underWay: Promise<void> | undefined

  async function attempt(): Promise<void> {
    try {
      await telemetry.job(job, work)
    } catch {
      // Sightline has already logged it as `job failed`, with the error.
    }
  }

  const timer = setInterval(() => {
    underWay ??= attempt().finally(() => {
      underWay = undefined
    })
  }, everyMs).unref()
  // Hooks run in reverse order: resources of the job were opened before it, and are closed after it.
  telemetry.onShutdown(job, async () => {
    clearInterval(timer)
    await underWay
  })
}
