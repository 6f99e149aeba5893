import { type Palette, plain } from '../text/terminal.ts'

/** A record of `/api/logs`, as far as it is printed. */
export interface LogRecord {
  readonly cursor: string
  /** Nanoseconds since 1970. */
  readonly time: string
  readonly level: string
  readonly service: string
  readonly body: unknown
  readonly attributes: Readonly<Record<string, unknown>>
  readonly traceId: string
}

/** One line of a log record: time, level, service, message, then its attributes and its trace. */
export function logLine(record: LogRecord, colours: Palette): string {
  const time = new Date(Number(BigInt(record.time) / 1_000_000n)).toISOString().slice(11, 23)
  const fields = Object.entries(record.attributes).map(([name, value]) => `${name}=${valueText(value)}`)
  if (record.traceId !== '') fields.push(`trace=${record.traceId}`)
  return [
    colours.dim(time),
    coloured(record.level, colours),
    colours.blue(plain(record.service)),
    plain(valueText(record.body)),
    colours.dim(plain(fields.join(' '))),
  ]
    .filter((part) => part !== '')
    .join(' ')
}

function coloured(level: string, { red, yellow, dim }: Palette): string {
  const text = level.toUpperCase().padEnd(5)
  if (level === 'error' || level === 'fatal') return red(text)
  if (level === 'warn') return yellow(text)
  return level === 'info' ? text : dim(text)
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return value
  return JSON.stringify(value) ?? ''
}
