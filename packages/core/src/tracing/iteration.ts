import { runToEnd } from '../context/run-to-end.ts'
import type { Span } from './span.ts'

/** A span that has been started, and where its operation runs. */
export interface Operation {
  readonly span: Span
  /** Runs a part of the operation with its span as the active one. */
  run<R>(fn: () => R): R
  end(): void
  /** Records what was thrown, and ends the span. */
  fail(error: unknown): void
}

/** The three methods that generators of both kinds have. */
interface Steps {
  next(value?: unknown): StepResult
  return(value?: unknown): StepResult
  throw(error?: unknown): StepResult
}

type StepResult = IteratorResult<unknown> | Promise<IteratorResult<unknown>>

/**
 * Lets every step of a generator run within an operation, which ends with the iteration: after the last value, when who
 * iterates has had enough, or with what is thrown.
 *
 * @param generator a generator object, sync or async
 * @param start called with the first step: one that is never asked for a value does nothing that could be shown
 */
export function tracedIteration<G>(generator: G, start: () => Operation | undefined): G {
  // Generators of both kinds have these, whatever their values are.
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

  // Of the same kind as the original, so that everything that is inherited works upon these three.
  const methods: Steps = {
    next: (value) => step(() => steps.next(value)),
    return: (value) => step(() => steps.return(value)),
    throw: (error) => step(() => steps.throw(error)),
  }
  return Object.assign(Object.create(Object.getPrototypeOf(generator) as object) as object, methods) as G
}
