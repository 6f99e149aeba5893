import { isCaller } from '../log/caller.ts'
import { LEVELS } from '../log/levels.ts'
import type { LogLevel } from '../options/rules.ts'
import type { Printer } from '../printing/printer.ts'
import type { Fields, RequestRecord } from '../seam.ts'
import { REQUEST_ID_ATTRIBUTE } from '../tracing/attributes.ts'
import { type AccessText, type Layout, memberText, rememberedTexts } from './access-text.ts'
import { fieldsOf, printedError, type Said } from './event.ts'

/** The attribute names of the access event. They follow the semantic conventions where those define a name. */
const OWN_ATTRIBUTES = new Set([
  REQUEST_ID_ATTRIBUTE,
  'http.request.method',
  'url.path',
  'http.route',
  'http.response.status_code',
  'http.server.request.duration',
  'http.request.body.size',
  'http.response.body.size',
  'client.address',
  'user_agent.original',
  'exception.type',
  'exception.message',
  'exception.stacktrace',
])

/**
 * The log data model of OpenTelemetry as JSON: https://opentelemetry.io/docs/specs/otel/logs/data-model/. Data without
 * a field in that model becomes an attribute.
 */
export function otelLayout(service: string, printer: Printer): Layout {
  return {
    access: otelAccess(service, printer),
    line({
      time,
      level,
      msg,
      service: name,
      request_id: id,
      trace_id: trace,
      span_id: span,
      err,
      caller,
      ...fields
    }) {
      return {
        // A text, because a double cannot hold nanoseconds since the epoch.
        Timestamp: `${Date.parse(String(time))}000000`,
        SeverityText: level,
        SeverityNumber: severity(level as LogLevel),
        Body: msg,
        ...(trace !== undefined && { TraceId: trace, SpanId: span }),
        Resource: { 'service.name': name },
        Attributes: {
          ...(id !== undefined && { [REQUEST_ID_ATTRIBUTE]: [id] }),
          ...fields,
          ...codeOf(caller),
          ...exceptionOf(err),
        },
      }
    },
  }
}

/** https://opentelemetry.io/docs/specs/semconv/code/ */
function codeOf(caller: unknown): Fields {
  if (!isCaller(caller)) return caller === undefined ? {} : { caller }
  return {
    'code.file.path': caller.file,
    'code.line.number': caller.line,
    'code.function.name': caller.function,
  }
}

/**
 * The lowest of a level's four severity numbers:
 * https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber
 */
function severity(level: LogLevel): number {
  return LEVELS.indexOf(level) * 4 + 1
}

function otelAccess(service: string, printer: Printer): AccessText {
  const resource = `"Resource":{"service.name":${JSON.stringify(service)}},"Attributes":{"${REQUEST_ID_ATTRIBUTE}":["`
  const attribute = (name: string) =>
    rememberedTexts((text) => (text === undefined ? '' : `,"${name}":${JSON.stringify(printer.text(text))}`))
  const route = attribute('http.route')
  const client = attribute('client.address')
  const userAgent = attribute('user_agent.original')
  return (record, { level, message }, said) => {
    const { trace, status } = record
    return (
      `{"Timestamp":"${Math.round((record.startedAt + record.durationMs) * 1_000)}000","SeverityText":"${level}","SeverityNumber":${severity(level)}` +
      `,"Body":${JSON.stringify(message)},"TraceId":"${trace.traceId}","SpanId":"${trace.spanId}","TraceFlags":${trace.sampled ? 1 : 0},${resource}${record.id}"]` +
      `,"http.request.method":"${record.method}","url.path":${JSON.stringify(printer.text(record.path))}${route(record.route)}` +
      `${status === undefined ? '' : `,"http.response.status_code":${status}`},"http.server.request.duration":${Math.round(record.durationMs * 1_000) / 1_000_000}` +
      `,"http.request.body.size":${record.requestBytes},"http.response.body.size":${record.responseBytes},"outcome":"${record.outcome}"` +
      `${client(record.clientIp)}${userAgent(record.userAgent)}${rest(record, said, printer)}}}\n`
    )
  }
}

/** The parts that only some requests have: fields, and an error. */
function rest(record: RequestRecord, said: Said | undefined, printer: Printer): string {
  const exception = record.error === undefined ? {} : exceptionOf(printedError(record, printer))
  const fields = fieldsOf(record, said, printer)
  let text = ''
  for (const name of Object.keys(fields)) {
    const label = OWN_ATTRIBUTES.has(name) ? `${name}_` : name
    text += memberText(label, fields[name])
  }
  for (const name of Object.keys(exception)) text += memberText(name, exception[name])
  return text
}

/** https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-logs/ */
function exceptionOf(err: unknown): Fields {
  if (err === undefined) return {}
  if (typeof err !== 'object' || err === null) return { 'exception.message': err }
  const { type, message, stack, ...unnamed } = err as Fields
  return {
    'exception.type': type,
    'exception.message': message,
    'exception.stacktrace': stack,
    ...(Object.keys(unnamed).length > 0 && { err: unnamed }),
  }
}
