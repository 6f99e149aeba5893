/**
 * Runs a function and calls `completed` or `failed` once it has ended: with its promise, of whatever library, where it
 * returns one. What it throws is thrown on. Neither callback may throw.
 *
 * @param completed gets what the function has returned or its promise was fulfilled with
 * @param failed gets what was thrown or the promise was rejected with
 * @returns what the function has returned. Of a promise the promise itself: one derived from it would be another rejection
 *   to handle.
 */
export function runToEnd<R>(
  fn: () => R,
  completed: (value: Awaited<R>) => void,
  failed: (error: unknown) => void,
): R {
  let result: R
  try {
    result = fn()
  } catch (error) {
    failed(error)
    throw error
  }
  // A value that is no promise is its own awaited value, and a promise is fulfilled with its own.
  if (isThenable(result)) result.then(completed as (value: unknown) => void, failed)
  else completed(result as Awaited<R>)
  return result
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  )
}
