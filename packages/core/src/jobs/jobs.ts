import { performance } from 'node:perf_hooks'

import type { Logger } from 'pino'

import { runToEnd } from '../context/run-to-end.ts'
import type { ScopeStorage } from '../context/scopes.ts'
import type { FaultReporter, Fields } from '../seam.ts'
import { type AnyInstrument, GaugeInstrument, HistogramInstrument, OVERFLOW } from '../series/instruments.ts'
import { boundedLabel, labelText } from '../series/labels.ts'
import type { Tracing } from '../tracing/operations.ts'
import type { Carried, Context } from './context.ts'

/** In seconds. Jobs may take hours. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600]

type Outcome = 'completed' | 'failed'

/** Options of a job. */
export interface JobOptions {
  /** Fields of its log lines and its event. Default: none. */
  readonly fields?: Fields
  /**
   * The data of the message that started the job, from `context.extract`. Default: the job belongs to the current
   * request or job, if there is one.
   */
  readonly from?: Carried
}

/** Jobs: the work of a service outside of requests. */
export interface Jobs {
  /**
   * Runs `fn` as a job. If `fn` returns a promise, the job ends with it. A job has one event, `job completed` or
   * `job failed`, the metrics `job_duration_seconds` and `jobs_in_progress`, and a span. Its log lines carry its ids,
   * `fields`, and its name as `job`. Errors are passed on.
   *
   * @param name one of few names; put ids into a field
   * @example
   * queue.process((message) => sightline.job('send-mail', () => send(message), { from: context.extract(message.headers) }))
   */
  job<T>(name: string, fn: () => T, options?: JobOptions): T
}

export interface JobsSetup {
  readonly maxSeries: number
  readonly storage: ScopeStorage
  readonly context: Context
  readonly log: () => Logger
  readonly trace: Tracing['trace']
  readonly fault: FaultReporter
}

/** Makes the jobs of one Sightline. */
export function createJobs({ maxSeries, storage, context, log, trace, fault }: JobsSetup): {
  readonly instruments: readonly AnyInstrument[]
  readonly jobs: Jobs
} {
  const durations = new HistogramInstrument(
    'job_duration_seconds',
    'Time from the beginning of a job to its end.',
    maxSeries,
    BUCKETS,
  )
  const inProgress = new GaugeInstrument('jobs_in_progress', 'Jobs that have not ended yet.', maxSeries)

  function ended(job: string, start: number, outcome: Outcome, error?: unknown): void {
    try {
      const ms = performance.now() - start
      const duration =
        durations.at(labelText({ job, outcome })) ?? durations.at(labelText({ job: OVERFLOW, outcome }), true)
      duration?.observe(ms / 1_000, storage.getStore()?.trace)
      const told = { outcome, duration_ms: Math.round(ms * 1_000) / 1_000 }
      if (outcome === 'completed') log().info(told, 'job completed')
      else log().error({ ...told, err: error }, 'job failed')
    } catch (failure) {
      fault('the record of a job', failure)
    }
  }

  function observed<T>(name: string, fn: () => T): T {
    const job = boundedLabel(name)
    const start = performance.now()
    const underWay = inProgress.at(labelText({ job })) ?? inProgress.at(labelText({ job: OVERFLOW }), true)
    const end = (outcome: Outcome, error?: unknown) => {
      if (underWay) underWay.value--
      ended(job, start, outcome, error)
    }
    if (underWay) underWay.value++
    return runToEnd(
      fn,
      () => end('completed'),
      (error) => end('failed', error),
    )
  }

  return {
    instruments: [durations, inProgress],
    jobs: {
      job(name, fn, { fields = {}, from } = {}) {
        const kind = from ? 'consumer' : 'internal'
        const work = () => {
          context.set({ job: name })
          return trace(name, { kind }, () => observed(name, fn))
        }
        return context.run(fields, work, from)
      },
    },
  }
}
