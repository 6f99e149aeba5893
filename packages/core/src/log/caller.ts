import { basename, dirname, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { getCallSites } from 'node:util'

/** The place in the source where a log line was written. */
export interface Caller {
  /** Relative to the working directory if it is below it. */
  readonly file: string
  readonly line: number
  /** Absent at the top level of a module and in a function without a name. */
  readonly function?: string
}

/** Whether Sightline found this caller. An application may have a field of the same name. */
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

/** Frames to search. The frames of pino and of Sightline come before the caller's. */
const DEPTH = 20
const PINO = /[\\/]pino[\\/](?:lib[\\/]|pino\.js)/

/** Finds the place where a log line is written. `undefined`: no frame belongs to the application. */
export type CallerFinder = () => Caller | undefined

/**
 * Makes the function that finds callers. A call costs about 10 µs, so it is meant for development.
 *
 * The own folder is found from the stack, not from `import.meta`: bundlers leave `import.meta` empty, and the CommonJS
 * transforms of test runners refuse it.
 *
 * @throws {Error} in a bundle without a source map, where one file holds the code of the application and of the kit
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

/** @param folder the folder of the kit's own frames */
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
