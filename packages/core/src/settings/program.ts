import { readFileSync, realpathSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'

/** The name and version in a `package.json`. */
export interface ProgramPackage {
  readonly name: string
  readonly version: string | undefined
}

/**
 * Finds the package of the running program: the nearest `package.json` with a name above its main module. The working
 * directory is used instead if the main module is a tool in `node_modules`, such as a process manager or a test runner,
 * or if there is none.
 *
 * @param main the path of the main module, in the form of `process.argv[1]`
 * @returns `undefined`: there is no such file, or it must not be read
 */
export function programPackage(main = process.argv[1], cwd = workingDirectory()): ProgramPackage | undefined {
  const folders = [main && folderOf(main), cwd]
  for (const folder of folders) {
    if (folder === undefined || folder === '' || folder.split(sep).includes('node_modules')) continue
    const found = nearest(folder)
    if (found) return found
  }
  return undefined
}

function nearest(folder: string): ProgramPackage | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const { name, version } = manifestIn(at)
    if (typeof name === 'string' && name !== '')
      return { name, version: typeof version === 'string' && version !== '' ? version : undefined }
    if (at === dirname(at)) return undefined
  }
}

/** Empty without a readable manifest. A service can start without a name. */
function manifestIn(folder: string): { readonly name?: unknown; readonly version?: unknown } {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    return typeof manifest === 'object' && manifest !== null ? manifest : {}
  } catch {
    return {}
  }
}

/** Resolves symbolic links. */
function folderOf(file: string): string | undefined {
  try {
    return dirname(realpathSync(file))
  } catch {
    return undefined
  }
}

/** Throws if the directory was removed. */
function workingDirectory(): string | undefined {
  try {
    return process.cwd()
  } catch {
    return undefined
  }
}
