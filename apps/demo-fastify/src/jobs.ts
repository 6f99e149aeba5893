import { telemetry } from './telemetry.ts'

/**
 * Does something again and again until the service ends. Never twice at the same time; its log lines carry its name, and
 * a failure is logged and tried again the next time.
 */
export function repeat(job: string, everyMs: number, work: () => Promise<void>): void {
  let underWay: Promise<void> | undefined

  async function attempt(): Promise<void> {
    try {
      await work()
    } catch (error) {
      telemetry.log.error({ err: error }, 'job failed')
    } finally {
      underWay = undefined
    }
  }

  const timer = setInterval(() => {
    underWay ??= telemetry.context.run({ job }, attempt)
  }, everyMs).unref()
  // Hooks run in reverse order: what the job needs has been opened, and so is closed, on the other side of it.
  telemetry.onShutdown(job, async () => {
    clearInterval(timer)
    await underWay
  })
}
