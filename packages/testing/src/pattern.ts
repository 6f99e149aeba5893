import { isDeepStrictEqual } from 'node:util'

/**
 * The expected form of a value. An object: its own properties are patterns, and further properties are
 * ignored. A list: a pattern for each item. A regular expression: matches the text. A function: returns
 * whether the value is right. An asymmetric matcher of Jest or Vitest, such as `expect.any(String)`. Anything
 * else: equality.
 */
export type Pattern = unknown

interface AsymmetricMatcher {
  asymmetricMatch(value: unknown): boolean
}

/** Whether a value matches a pattern. */
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

/** Whether a value matches each pattern, in this order. */
export function matchInOrder(values: readonly unknown[], patterns: readonly Pattern[]): boolean {
  let next = 0
  for (const value of values) if (next < patterns.length && matches(value, patterns[next])) next++
  return next === patterns.length
}

function isAsymmetricMatcher(pattern: object): pattern is AsymmetricMatcher {
  return 'asymmetricMatch' in pattern && typeof pattern.asymmetricMatch === 'function'
}
