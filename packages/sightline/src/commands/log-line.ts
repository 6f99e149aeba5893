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

/** Has lines of its own, below the others. */
const STACK = 'exception.stacktrace'

/** A log record for a terminal: time, level, service, message, attributes and trace, then the stack of an exception. */
export function logLine(record: LogRecord, colours: Palette): string {
  const time = new Date(Number(BigInt(record.time) / 1_000_000n)).toISOString().slice(11, 23)
  const { [STACK]: stack, ...attributes } = record.attributes
  const fields = Object.entries(attributes).map(([name, value]) => `${name}=${fieldText(value)}`)
  if (record.traceId !== '') fields.push(`trace=${record.traceId}`)
  const line = [
    colours.dim(time),
    coloured(record.level, colours),
    colours.blue(plain(record.service)),
    plain(bodyText(record.body)),
    colours.dim(plain(fields.join(' '))),
  ]
  // Indented, so that a stack cannot forge a record.
  const below =
    typeof stack === 'string'
      ? stack
          .trimEnd()
          .split(/\r?\n/)
          .map((each) => `    ${plain(each.trimEnd())}`)
      : []
  return [line.filter((part) => part !== '').join(' '), ...below.map(colours.dim)].join('\n')
}

function coloured(level: string, { red, yellow, dim }: Palette): string {
  const text = plain(level).toUpperCase().padEnd(5)
  if (level === 'error' || level === 'fatal') return red(text)
  if (level === 'warn') return yellow(text)
  return level === 'info' ? text : dim(text)
}

function bodyText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

/** As logfmt has it: text with spaces is in quotation marks. */
function fieldText(value: unknown): string {
  return typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : (JSON.stringify(value) ?? '')
}
