import { createRequire } from 'node:module'
import { isatty } from 'node:tty'

import type { Lines } from '../outlets.ts'
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

/** Lines for people where that is wanted. The library is loaded only then: it would double the time to start. */
export function prettyIf(pretty: boolean, destination: LogDestination): LogDestination {
  if (!pretty) return destination
  const { prettyFactory } = createRequire(import.meta.url)('pino-pretty') as typeof import('pino-pretty')
  const format = prettyFactory({
    colorize: isatty(1),
    ignore: 'service',
    translateTime: 'SYS:HH:MM:ss.l',
  })
  return { write: (line) => destination.write(format(line) ?? line) }
}
