import type { BusinessInstruments } from '../business/business.ts'
import { runToEnd } from '../context/run-to-end.ts'
import type { FaultReporter } from '../seam.ts'

type Method<This, A extends unknown[], R> = (this: This, ...args: A) => R

/** Measures the duration of functions as `operation_duration_seconds{operation, outcome}`. */
export interface Timing {
  /**
   * Runs `fn` and measures its duration. If `fn` returns a promise, it measures until the promise settles. Errors are
   * passed on.
   */
  time<R>(name: string, fn: () => R): R
  /**
   * Makes a timed version of a function or method. Works as a wrapper and as a decorator.
   *
   * @example
   * const price = timed('price')(lookUpPrice)
   * class Basket { @timed('checkout') async checkout() {} }
   */
  timed(
    name: string,
  ): <This, A extends unknown[], R>(
    method: Method<This, A, R>,
    context?: ClassMethodDecoratorContext,
  ) => Method<This, A, R>
}

/** Makes the timing of one Sightline. */
export function createTiming(instruments: BusinessInstruments, fault: FaultReporter): Timing {
  // Created at the first measurement, so that a service without any has no empty metric.
  const durations = () =>
    instruments.histogram({
      name: 'operation_duration_seconds',
      help: 'Duration of operations that the service measures itself.',
      labels: ['operation', 'outcome'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    })

  function time<R>(operation: string, fn: () => R): R {
    const start = performance.now()
    const end = (outcome: 'completed' | 'failed') => {
      try {
        durations().observe({ operation, outcome }, (performance.now() - start) / 1_000)
      } catch (error) {
        // The application has a metric of the same name. This must not break the operation.
        fault('the time of operations', error)
      }
    }
    return runToEnd(
      fn,
      () => end('completed'),
      () => end('failed'),
    )
  }

  return {
    time,
    timed: (name) => (method) =>
      function timedMethod(this, ...args) {
        return time(name, () => method.apply(this, args))
      },
  }
}
