import type { LogRecord } from '@sightline/otlp'

/** pino's levels and their first severity number. OpenTelemetry has four numbers per level. */
const SEVERITIES: Readonly<Record<string, number>> = {
  trace: 1,
  debug: 5,
  info: 9,
  warn: 13,
  error: 17,
  fatal: 21,
}
const LEVELS = Object.keys(SEVERITIES)

/** A number with this many digits may exceed the precision of a double. */
const LONG_NUMBER = /\d{16}/
const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/
const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/

/** Options of the log line reader. */
export interface LogLineOptions {
  /** The service name in the batch's resource. Lines with the same name leave it out. */
  readonly service?: string | undefined
}

type Fields = Record<string, unknown>

/**
 * Creates a parser for pino's lines. Level, time, message and ids become fields of a {@link LogRecord}, an
 * error gets the names of the semantic conventions, and all other fields become attributes. A line that is
 * not JSON becomes the message.
 *
 * @returns a function of the line (with or without its line break) and its collection time
 */
export function createLogLineReader({ service }: LogLineOptions = {}): (
  line: string,
  now: number,
) => LogRecord {
  return (line, now) => {
    const parsed = parse(line)
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
      return { observedTime: now, body: parsed === undefined ? line.trimEnd() : parsed, attributes: {} }
    const fields = parsed as Fields
    const { level, time, msg, trace_id: traceId, span_id: spanId } = fields
    const hasTrace = isText(traceId, TRACE_ID)
    const hasSpan = hasTrace && isText(spanId, SPAN_ID)
    const attributes: Fields = {}
    for (const name of Object.keys(fields)) {
      const placed =
        name === 'msg' ||
        (name === 'level' && severityOf(level) !== undefined) ||
        (name === 'time' && momentOf(time) !== undefined) ||
        (name === 'trace_id' && hasTrace) ||
        (name === 'span_id' && hasSpan) ||
        (name === 'service' && fields.service === service)
      if (placed) continue
      if (name === 'err' && isError(fields.err)) addError(attributes, fields.err)
      else define(attributes, name, fields[name])
    }
    return {
      time: momentOf(time),
      observedTime: now,
      severityNumber: severityOf(level),
      severityText: severityText(level),
      body: msg,
      attributes,
      traceId: hasTrace ? traceId : undefined,
      spanId: hasSpan ? spanId : undefined,
    }
  }
}

/** Parses JSON. `undefined` for invalid JSON. */
function parse(line: string): unknown {
  try {
    return LONG_NUMBER.test(line) ? JSON.parse(line, exactly) : JSON.parse(line)
  } catch {
    return undefined
  }
}

/** Keeps an integer that exceeds the precision of a double as text. */
function exactly(_key: string, value: unknown, written?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const source = written?.source
  return source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value
}

function isText(value: unknown, shape: RegExp): value is string {
  return typeof value === 'string' && shape.test(value)
}

/**
 * The severity number of a level name or number. pino's levels are ten apart; intermediate levels are
 * interpolated.
 */
function severityOf(level: unknown): number | undefined {
  if (typeof level === 'string') return Object.hasOwn(SEVERITIES, level) ? SEVERITIES[level] : undefined
  if (typeof level !== 'number' || !(level > 0)) return undefined
  return Math.min(24, Math.max(1, Math.floor((level - 10) / 2.5) + 1))
}

function severityText(level: unknown): string | undefined {
  if (typeof level === 'string') return level
  const severity = severityOf(level)
  return severity === undefined ? undefined : LEVELS[Math.floor((severity - 1) / 4)]
}

/** Parses pino's time: ISO 8601, or milliseconds since the epoch. */
function momentOf(time: unknown): number | undefined {
  const ms = typeof time === 'string' ? Date.parse(time) : time
  return typeof ms === 'number' && ms > 0 && ms < Number.MAX_SAFE_INTEGER ? ms : undefined
}

function isError(err: unknown): err is Fields {
  return typeof err === 'object' && err !== null && ('message' in err || 'stack' in err)
}

/** https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-logs/ */
function addError(attributes: Fields, { type, message, stack, ...rest }: Fields): void {
  if (type !== undefined) attributes['exception.type'] = type
  if (message !== undefined) attributes['exception.message'] = message
  if (stack !== undefined) attributes['exception.stacktrace'] = stack
  if (Object.keys(rest).length > 0) attributes.err = rest
}

/** Defines a property of any name: a plain assignment of `__proto__` would set the prototype. */
function define(attributes: Fields, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(attributes, name, { value, enumerable: true, configurable: true, writable: true })
  else attributes[name] = value
}
