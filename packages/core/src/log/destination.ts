import { createRequire } from 'node:module'
import { isatty } from 'node:tty'
import { getCallSites } from 'node:util'

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
  return { write: (line) => destination.write(format(line) ?? line) }
}

/** Loads a package from where this file is. Not by `import.meta.url`: in a bundle of CommonJS there is none. */
function load(name: string): unknown {
  const [own] = getCallSites(1)
  return createRequire(own?.scriptName ?? '')(name)
}
