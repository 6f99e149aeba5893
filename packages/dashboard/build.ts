import { existsSync, globSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { build } from 'vite'

const HERE = import.meta.dirname
/** What the build is made of. */
const SOURCES = ['src/**/*', 'public/*', 'index.html', 'vite.config.ts', 'package.json']

/**
 * Builds the pages if that has not been done since the last change of their sources. Programs that run from the sources call it before they
 * start a hub. The files appear at once: a hub that reads them meanwhile sees the old ones.
 *
 * @returns the folder of the files
 */
export async function buildDashboard(): Promise<string> {
  const folder = join(HERE, 'dist')
  if (isFresh(folder)) return folder
  const [made, old] = [`${folder}-${process.pid}`, `${folder}-old-${process.pid}`]
  try {
    await build({ configFile: join(HERE, 'vite.config.ts'), logLevel: 'warn', build: { outDir: made } })
    if (existsSync(folder)) renameSync(folder, old)
    renameSync(made, folder)
  } catch (error) {
    // Another program may have been faster.
    if (!isFresh(folder)) throw error
  } finally {
    for (const left of [made, old]) rmSync(left, { recursive: true, force: true })
  }
  return folder
}

function isFresh(folder: string): boolean {
  const built = statSync(join(folder, 'index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0
  return globSync(SOURCES, { cwd: HERE }).every((file) => statSync(join(HERE, file)).mtimeMs < built)
}
