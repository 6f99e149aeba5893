import { createRequire } from 'node:module'
import { isatty } from 'node:tty'

import type { Lines } from '../outlets.ts'
import { escaped, spelledOut } from './escapes.ts'
import type { LogDestination } from './stdout.ts'

/** Shows lines to those who want to have them too. */
export function shownTo(lines: Lines, destination: LogDestination): LogDestination {
  return {
    write(line) {
      lines.show(line)
      destination.write(line)
    },
  }
}

/** A destination for lines of JSON in which no character ends a line or drives a terminal. */
export function escapedFor(destination: LogDestination): LogDestination {
  return { write: (line) => destination.write(escaped(line)) }
}

/** Lines for people where that is wanted. The library is loaded only then: it would double the time to start. */
export function prettyIf(pretty: boolean, destination: LogDestination): LogDestination {
  if (!pretty) return destination
  const { prettyFactory } = createRequire(import.meta.url)('pino-pretty') as typeof import('pino-pretty')
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
