/**
 * Runs a function and calls `completed` or `failed` at its end. If it returns a promise (of any library), its end is
 * the promise's. The result and errors are passed on unchanged. Neither callback may throw.
 *
 * @param completed gets the result, or the fulfilled value
 *
 * @param failed gets the error, or the rejection
 *
 * @returns the function's own result, also if it is a promise: a derived promise would need its own handler of
 * rejections
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
  // Neither case changes the type: `Awaited` of a plain value is the value, and a promise passes its fulfilled value.
  if (isThenable(result)) result.then(completed as (value: unknown) => void, failed)
  else completed(result as Awaited<R>)
  return result
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  )
}
