import { createRequire } from 'node:module'
import { isatty } from 'node:tty'
import { getCallSites } from 'node:util'

import type { LogDestination } from '../options/rules.ts'
import type { Fields } from '../seam.ts'
import { escaped, spelledOut } from './escapes.ts'
import type { Lines } from './lines.ts'

/** Shows lines to those who want to have them too. */
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
 * Lines for people. The library is loaded only where they are wanted: it would double the time to start.
 *
 * @throws {Error} where the library cannot be found, as in a bundle
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

/** What is shown as it is; all else is shown as JSON. */
const RAW = new Set(['msg', 'name', 'pid', 'hostname', 'caller'])
/** A line that begins within a text must not look like one of the log. */
const CONTINUED = '\n    '

/** The fields of a line, in which no text begins a line of its own or drives the terminal. */
function forPeople(line: string): Record<string, unknown> | string {
  const spelled = spelledOut(line)
  try {
    const fields = Object.entries(JSON.parse(spelled) as object).map(([name, value]: [string, unknown]) => [
      name.replaceAll('\n', CONTINUED),
      typeof value === 'string' && RAW.has(name) ? value.replaceAll('\n', CONTINUED) : value,
    ])
    return Object.fromEntries(fields) as Record<string, unknown>
  } catch {
    return spelled
  }
}

/** Loads a package from where this file is. Not by `import.meta.url`: in a bundle of CommonJS there is none. */
function load(name: string): unknown {
  const [own] = getCallSites(1)
  return createRequire(own?.scriptName ?? '')(name)
}
