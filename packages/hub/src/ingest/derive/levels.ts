const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const

/** Other names of the levels, as loggers write them. */
const NAMES: Readonly<Record<string, string>> = {
  verbose: 'debug',
  information: 'info',
  notice: 'info',
  warning: 'warn',
  err: 'error',
  severe: 'error',
  critical: 'fatal',
  crit: 'fatal',
  panic: 'fatal',
  emergency: 'fatal',
}

/** The level of a log record: one of pino's names, or `unset`. The text counts only where there is no number. */
export function levelOf(severity: number, text: string): string {
  const level = LEVELS[Math.floor((severity - 1) / 4)]
  if (severity > 0 && level !== undefined) return level
  if (text === '' || text.length > 16) return 'unset'
  const name = text.toLowerCase()
  return (
    LEVELS.find((each) => each === name) ?? (Object.hasOwn(NAMES, name) ? NAMES[name] : undefined) ?? 'unset'
  )
}
