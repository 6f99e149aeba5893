import type { LogRecord } from '@sightline/otlp'

/** pino's levels and where they begin on the scale of OpenTelemetry, which has four steps for each. */
const SEVERITIES: Readonly<Record<string, number>> = {
  trace: 1,
  debug: 5,
  info: 9,
  warn: 13,
  error: 17,
  fatal: 21,
}
const LEVELS = Object.keys(SEVERITIES)

/** A number of this many digits may be too large for a double. */
const LONG_NUMBER = /\d{16}/
const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/
const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/

/** How a line is taken apart. */
export interface LogLineOptions {
  /** The name that the batch's resource gives the service: lines need not repeat it. */
  readonly service?: string | undefined
}

type Fields = Record<string, unknown>

/**
 * Makes the function that takes a line of pino's apart: its level, time, message and ids have places of their own in a
 * {@link LogRecord}, an error gets the names of the semantic conventions, and everything else is an attribute under its
 * own name. What is no JSON is a message as it stands.
 *
 * @returns a function of the line (with or without its line break) and the moment at which it was collected
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

/** The value that a text of JSON stands for; `undefined`: it is none. */
function parse(line: string): unknown {
  try {
    return LONG_NUMBER.test(line) ? JSON.parse(line, exactly) : JSON.parse(line)
  } catch {
    return undefined
  }
}

/** Keeps a whole number that is too large for a double as it was written. */
function exactly(_key: string, value: unknown, written?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const source = written?.source
  return source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value
}

function isText(value: unknown, shape: RegExp): value is string {
  return typeof value === 'string' && shape.test(value)
}

/** The severity of a level's name or number. pino's levels are ten apart; one in between is a step in between. */
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

/** A moment as pino writes it: ISO 8601, or milliseconds since the epoch. */
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

/** Sets a property of whatever name: `__proto__` is a name like any other. */
function define(attributes: Fields, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(attributes, name, { value, enumerable: true, configurable: true, writable: true })
  else attributes[name] = value
}
