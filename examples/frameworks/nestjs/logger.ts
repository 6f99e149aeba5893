import type { LoggerService } from '@nestjs/common'

import { telemetry } from './telemetry.ts'

/**
 * Writes Nest's own lines, and those of its `Logger`, to the same log. Within a request they carry its ids.
 */
export const logger: LoggerService = {
  log: lineAt('info'),
  error: lineAt('error'),
  fatal: lineAt('fatal'),
  warn: lineAt('warn'),
  debug: lineAt('debug'),
  verbose: lineAt('trace'),
}

/** Nest passes the message, an optional stack, and finally the name of the context. */
function lineAt(level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal') {
  return (message: unknown, ...rest: readonly unknown[]): void => {
    const source = rest.at(-1)
    if (message instanceof Error) telemetry.log[level]({ source, err: message }, message.message)
    else telemetry.log[level]({ source, ...(rest.length > 1 && { stack: rest[0] }) }, String(message))
  }
}
