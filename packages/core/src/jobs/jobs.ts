import { performance } from 'node:perf_hooks'

import type { Logger } from 'pino'

import type { ScopeStorage } from '../context/scopes.ts'
import { isThenable } from '../context/thenable.ts'
import type { FaultReporter } from '../seam.ts'
import { type AnyInstrument, GaugeInstrument, HistogramInstrument, OVERFLOW } from '../series/instruments.ts'
import { boundedLabel, labelText } from '../series/labels.ts'
import type { Tracing } from '../tracing/operations.ts'

/** Seconds: jobs may take hours. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600]

/** How a job has ended. */
type Outcome = 'completed' | 'failed'

export interface JobsSetup {
  readonly maxSeries: number
  readonly storage: ScopeStorage
  readonly log: () => Logger
  readonly trace: Tracing['trace']
  readonly fault: FaultReporter
}

/** The jobs of a service: what it does that is no request. */
export interface Jobs {
  readonly instruments: readonly AnyInstrument[]
  /**
   * Runs a job within the current scope: counted while it is under way, and told of in one event and in a span when it has
   * ended. What it throws is thrown on.
   *
   * @param received whether a message has brought it
   */
  run<T>(name: string, fn: () => T, received: boolean): T
}

/** Makes the jobs of one Sightline. */
export function createJobs({ maxSeries, storage, log, trace, fault }: JobsSetup): Jobs {
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
    let result: T
    try {
      result = fn()
    } catch (error) {
      end('failed', error)
      throw error
    }
    if (!isThenable(result)) {
      end('completed')
      return result
    }
    // The caller gets the promise itself: one derived from it would be another rejection to handle.
    result.then(
      () => end('completed'),
      (error: unknown) => end('failed', error),
    )
    return result
  }

  return {
    instruments: [durations, inProgress],
    run: (name, fn, received) =>
      trace(name, { kind: received ? 'consumer' : 'internal' }, () => observed(name, fn)),
  }
}
