import { basename, dirname, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { getCallSites } from 'node:util'

/** Where a log line was written. */
export interface Caller {
  /** Relative to the working directory where it is below it. */
  readonly file: string
  readonly line: number
  /** Absent: the code of a module, or a function without a name. */
  readonly function?: string
}

/** Whether a field is ours: an application may have one of the same name. */
export function isCaller(value: unknown): value is Caller {
  return (
    typeof value === 'object' &&
    value !== null &&
    'file' in value &&
    typeof value.file === 'string' &&
    'line' in value &&
    typeof value.line === 'number'
  )
}

/** pino's and ours stand between the caller and this function. */
const DEPTH = 20
const PINO = /[\\/]pino[\\/](?:lib[\\/]|pino\.js)/

/** Finds out where a log line is written; `undefined`: it cannot be told. */
export type CallerFinder = () => Caller | undefined

/**
 * Makes the function that finds callers. A call costs some 10 µs: it is for development.
 *
 * Nothing of it may be asked of `import.meta`: bundlers leave that empty, and the CommonJS transforms of test runners
 * refuse it.
 *
 * @throws {Error} in a bundle without a source map, where the application's code is in one file with the kit's
 */
export function callerFinder(): CallerFinder {
  const [own] = getCallSites(1, { sourceMap: true })
  const file = own && fileOf(own.scriptName)
  if (file === undefined || !/^caller\.[jt]s$/.test(basename(file)))
    throw new Error(
      'callers cannot be told apart in a bundle without a source map: run it with node --enable-source-maps, or leave the option out',
    )
  return callersOutside(dirname(file))
}

/** @param folder where the kit's own frames are */
function callersOutside(folder: string): CallerFinder {
  return () => {
    for (const { scriptName, lineNumber, functionName } of getCallSites(DEPTH, { sourceMap: true })) {
      const file = fileOf(scriptName)
      if (file === '' || file.startsWith('node:') || dirname(file) === folder || PINO.test(file)) continue
      const below = relative(process.cwd(), file)
      return {
        file: below.startsWith('..') ? file : below,
        line: lineNumber,
        ...(functionName !== '' && { function: functionName }),
      }
    }
    return undefined
  }
}

function fileOf(scriptName: string): string {
  return scriptName.startsWith('file:') ? fileURLToPath(scriptName) : scriptName
}
