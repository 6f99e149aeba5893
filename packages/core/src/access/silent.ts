/** Makes the test for paths without an access event: exact ones, and with `*` at the end all that begin so. */
export function silentPaths(paths: readonly string[]): (path: string) => boolean {
  if (paths.length === 0) return () => false
  const exact = new Set(paths.filter((path) => !path.endsWith('*')))
  const beginnings = paths.filter((path) => path.endsWith('*')).map((path) => path.slice(0, -1))
  return (path) => exact.has(path) || beginnings.some((beginning) => path.startsWith(beginning))
}
