/** Whether the hub runs from its TypeScript sources, as in its tests. */
export const IS_SOURCE = import.meta.url.endsWith('.ts')

/** Arguments of Node.js for the hub's threads. */
export const THREAD_ARGUMENTS: readonly string[] = [
  // Node.js 22 and 24 warn of their SQLite in each thread.
  '--disable-warning=ExperimentalWarning',
  // Sources import the sources of other packages, and the first versions of Node.js 22 read TypeScript only on request.
  ...(IS_SOURCE ? ['--conditions=@sightline/source', '--experimental-strip-types'] : []),
]
