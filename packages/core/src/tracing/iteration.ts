import { runToEnd } from '../context/run-to-end.ts'
import type { Span } from './span.ts'

/** A started span, and the context of its operation. */
export interface Operation {
  readonly span: Span
  /** Runs a part of the operation with its span as the active one. */
  run<R>(fn: () => R): R
  end(): void
  /** Records the error, and ends the span. */
  fail(error: unknown): void
}

/** The methods of sync and async generators. */
interface Steps {
  next(value?: unknown): StepResult
  return(value?: unknown): StepResult
  throw(error?: unknown): StepResult
}

type StepResult = IteratorResult<unknown> | Promise<IteratorResult<unknown>>

/**
 * Runs each step of a generator within an operation. The operation ends after the last value, when the consumer stops
 * early, or with an error.
 *
 * @param generator a generator object, sync or async
 *
 * @param start called at the first step, since an iteration that never starts needs no span
 */
export function tracedIteration<G>(generator: G, start: () => Operation | undefined): G {
  // Both kinds of generators have these methods.
  const steps = generator as Steps
  let begun = false
  let operation: Operation | undefined

  function step(take: () => StepResult): StepResult {
    if (!begun) {
      begun = true
      operation = start()
    }
    const current = operation
    return current ? runToEnd(() => current.run(take), endIfDone, fail) : take()
  }

  function endIfDone({ done }: IteratorResult<unknown>): void {
    if (!done) return
    operation?.end()
    operation = undefined
  }

  function fail(error: unknown): void {
    operation?.fail(error)
    operation = undefined
  }

  // The same prototype as the original, so that inherited methods use these three.
  const methods: Steps = {
    next: (value) => step(() => steps.next(value)),
    return: (value) => step(() => steps.return(value)),
    throw: (error) => step(() => steps.throw(error)),
  }
  return Object.assign(Object.create(Object.getPrototypeOf(generator) as object) as object, methods) as G
}
