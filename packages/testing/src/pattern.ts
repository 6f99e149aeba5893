import { isDeepStrictEqual } from 'node:util'

/**
 * What a value is expected to be: an object whose own properties are expected in turn, whatever else the value has; a list
 * of as many items; a regular expression that its text matches; a function that says whether it is right; an asymmetric
 * matcher of Jest or Vitest, such as `expect.any(String)`; anything else is to be equal.
 */
export type Pattern = unknown

interface AsymmetricMatcher {
  asymmetricMatch(value: unknown): boolean
}

/** Whether a value is as it is expected to be. */
export function matches(value: unknown, pattern: Pattern): boolean {
  if (pattern instanceof RegExp) return typeof value === 'string' && value.search(pattern) >= 0
  if (typeof pattern === 'function') return pattern(value) === true
  if (typeof pattern !== 'object' || pattern === null) return Object.is(value, pattern)
  if (isAsymmetricMatcher(pattern)) return pattern.asymmetricMatch(value)
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(pattern)) {
    return (
      Array.isArray(value) &&
      value.length === pattern.length &&
      pattern.every((each, i) => matches(value[i], each))
    )
  }
  if (Object.getPrototypeOf(pattern) !== Object.prototype) return isDeepStrictEqual(value, pattern)
  return Object.entries(pattern).every(([name, each]) =>
    matches((value as Readonly<Record<string, unknown>>)[name], each),
  )
}

/** Whether there is a value for each pattern, in this order. */
export function matchInOrder(values: readonly unknown[], patterns: readonly Pattern[]): boolean {
  let next = 0
  for (const value of values) if (next < patterns.length && matches(value, patterns[next])) next++
  return next === patterns.length
}

function isAsymmetricMatcher(pattern: object): pattern is AsymmetricMatcher {
  return 'asymmetricMatch' in pattern && typeof pattern.asymmetricMatch === 'function'
}
