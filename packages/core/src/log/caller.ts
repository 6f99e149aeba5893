import { dirname, relative } from 'node:path'
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
const OWN = dirname(fileURLToPath(import.meta.url))
const PINO = /[\\/]pino[\\/](?:lib[\\/]|pino\.js)/

/** Finds out who writes a log line: costs some 10 µs, for development. `undefined`: it cannot be told. */
export function callerOf(): Caller | undefined {
  for (const { scriptName, lineNumber, functionName } of getCallSites(DEPTH, { sourceMap: true })) {
    const file = scriptName.startsWith('file:') ? fileURLToPath(scriptName) : scriptName
    if (file === '' || file.startsWith('node:') || dirname(file) === OWN || PINO.test(file)) continue
    const below = relative(process.cwd(), file)
    return {
      file: below.startsWith('..') ? file : below,
      line: lineNumber,
      ...(functionName !== '' && { function: functionName }),
    }
  }
  return undefined
}
