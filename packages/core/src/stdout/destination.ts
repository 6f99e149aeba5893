import { createRequire } from 'node:module'
import { isatty } from 'node:tty'
import { getCallSites } from 'node:util'

import type { LogDestination } from '../options/rules.ts'
import type { Fields } from '../seam.ts'
import { escaped, spelledOut } from './escapes.ts'
import type { Lines } from './lines.ts'

/** Passes lines to the listeners as well. */
export function shownTo(lines: Lines, destination: LogDestination): LogDestination {
  return {
    write(line) {
      lines.show(line)
      destination.write(line)
    },
  }
}

/** Lays out lines of JSON by their fields. */
export function laidOut(layout: (fields: Fields) => Fields, destination: LogDestination): LogDestination {
  return {
    write(line) {
      destination.write(`${JSON.stringify(layout(JSON.parse(line) as Fields))}\n`)
    },
  }
}

/** A destination for lines of JSON in which no character ends a line or drives a terminal. */
export function escapedFor(destination: LogDestination): LogDestination {
  return { write: (line) => destination.write(escaped(line)) }
}

/**
 * Pretty-printed lines. The library is loaded only when needed, since it would double the start time.
 *
 * @throws {Error} if the library cannot be found, as in a bundle
 */
export function prettyLines(destination: LogDestination): LogDestination {
  const { prettyFactory } = load('pino-pretty') as typeof import('pino-pretty')
  const format = prettyFactory({
    colorize: isatty(1),
    ignore: 'service',
    translateTime: 'SYS:HH:MM:ss.l',
  })
  return { write: (line) => destination.write(format(forPeople(line)) ?? line) }
}

/** Fields printed as they are. Other fields are printed as JSON. */
const RAW = new Set(['msg', 'name', 'pid', 'hostname', 'caller'])
/** A line within a text must not look like a log line. */
const CONTINUED = '\n    '

/** The fields of a line, without texts that begin a new line or control the terminal. */
function forPeople(line: string): Record<string, unknown> | string {
  const spelled = spelledOut(line)
  try {
    const fields = Object.entries(JSON.parse(spelled) as object).map(([name, value]: [string, unknown]) => [
      name.replaceAll('\n', CONTINUED),
      readable(name, value),
    ])
    return Object.fromEntries(fields) as Record<string, unknown>
  } catch {
    return spelled
  }
}

function readable(name: string, value: unknown): unknown {
  if (typeof value === 'string') return RAW.has(name) ? value.replaceAll('\n', CONTINUED) : value
  // The library prints the field `caller` in angle brackets, and takes it for a text.
  if (name === 'caller' && isPlace(value)) return `${value.file}:${value.line}`
  return value
}

function isPlace(value: unknown): value is { readonly file: string; readonly line: number } {
  return typeof value === 'object' && value !== null && 'file' in value && 'line' in value
}

/** Loads a package relative to this file. `import.meta.url` does not exist in a CommonJS bundle. */
function load(name: string): unknown {
  const [own] = getCallSites(1)
  return createRequire(own?.scriptName ?? '')(name)
}
