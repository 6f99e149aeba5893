/** The path of a request target. Cut by position, because a URL parser may throw on a malformed target. */
export function pathOf(target: string): string {
  const query = target.indexOf('?')
  return query < 0 ? target : target.slice(0, query)
}

/** The path that a router sees. The target may be a whole URL. */
export function routedPath(target: string): string {
  const path = pathOf(target)
  if (path.startsWith('/')) return path
  const host = path.indexOf('://')
  const start = host < 0 ? -1 : path.indexOf('/', host + 3)
  return start < 0 ? path : path.slice(start)
}

/** Makes the test for path patterns. `*` at the end makes a pattern a prefix. */
export function pathPatterns(patterns: readonly string[]): (path: string) => boolean {
  if (patterns.length === 0) return () => false
  const exact = new Set(patterns.filter((pattern) => !pattern.endsWith('*')))
  const beginnings = patterns
    .filter((pattern) => pattern.endsWith('*'))
    .map((pattern) => pattern.slice(0, -1))
  return (path) => exact.has(path) || beginnings.some((beginning) => path.startsWith(beginning))
}
