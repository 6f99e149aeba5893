import { existsSync } from 'node:fs'
import { getCompileCacheDir } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Whether the hub runs from its TypeScript sources, as in its tests. */
const IS_SOURCE = import.meta.url.endsWith('.ts')

/**
 * The URL of a module that is loaded by its address, such as `ingest/threads/event-thread`. The build puts this code into another
 * file of the same folder, so that only paths from here are right in both.
 */
export function moduleUrl(path: string): URL {
  return new URL(`./${path}.${IS_SOURCE ? 'ts' : 'js'}`, import.meta.url)
}

/** Arguments of Node.js for the hub's threads. */
export const THREAD_ARGUMENTS: readonly string[] = [
  // Node.js 22 and 24 warn of their SQLite in each thread.
  '--disable-warning=ExperimentalWarning',
  // Sources import the sources of other packages, and the first versions of Node.js 22 read TypeScript only on request.
  ...(IS_SOURCE ? ['--conditions=@sightline/source', '--experimental-strip-types'] : []),
]

/** The folder of the dashboard's files: within the build, or the package of the dashboard for sources. `undefined`: it was not built. */
export function dashboardFolder(): string | undefined {
  const folder = fileURLToPath(new URL(IS_SOURCE ? '../../dashboard/dist' : './dashboard', import.meta.url))
  return existsSync(`${folder}/index.html`) ? folder : undefined
}

/** Environment variables of the hub's threads. A thread uses the compile cache of the main thread only where a variable says so. */
export function threadEnvironment(): NodeJS.ProcessEnv {
  const folder = getCompileCacheDir()
  // Node.js adds its version as a folder.
  return folder === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: dirname(folder) }
}
