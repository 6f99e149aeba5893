import { isIP } from 'node:net'

import { type Caller, isCaller } from '../log/caller.ts'
import { isoTime } from '../log/time.ts'
import type { Printer } from '../printing/printer.ts'
import { hasFailed } from '../record/failure.ts'
import type { Fields, RequestRecord } from '../seam.ts'
import { type AccessText, type Layout, rememberedTexts } from './access-text.ts'
import { fieldsOf, printedError, type Said } from './event.ts'

/** The version whose names are used: https://www.elastic.co/guide/en/ecs/8.10/index.html */
const VERSION = '8.10.0'

/**
 * Elastic Common Schema, in the layout of https://github.com/elastic/ecs-logging. Fields of the application are nested
 * below `fields`: Elasticsearch would refuse a line whose `user` or `event` has another type than in the schema.
 */
export function ecsLayout(service: string, printer: Printer): Layout {
  return {
    access: ecsAccess(service, printer),
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
      const { error, unnamed } = ecsError(err)
      const origin = isCaller(caller) ? originOf(caller) : undefined
      const own = {
        ...fields,
        ...(unnamed && { err: unnamed }),
        ...(caller !== undefined && !origin && { caller }),
      }
      return {
        '@timestamp': time,
        'log.level': level,
        message: msg,
        ...(origin && { 'log.origin': origin }),
        'ecs.version': VERSION,
        service: { name },
        ...(trace !== undefined && { trace: { id: trace }, span: { id: span } }),
        ...(id !== undefined && { http: { request: { id } } }),
        ...(error && { error }),
        ...(Object.keys(own).length > 0 && { fields: own }),
      }
    },
  }
}

function ecsAccess(service: string, printer: Printer): AccessText {
  const iso = isoTime()
  const base =
    `,"ecs.version":"${VERSION}","service":{"name":${JSON.stringify(service)}}` +
    `,"event":{"kind":"event","category":["web"],"type":["access"],"dataset":${JSON.stringify(`${service}.access`)},"outcome":"`
  const client = rememberedTexts((ip) => clientText(ip, printer))
  const userAgent = rememberedTexts((text) =>
    text === undefined ? '' : `,"user_agent":{"original":${JSON.stringify(printer.text(text))}}`,
  )
  const route = rememberedTexts((text) =>
    text === undefined ? '' : `"route":${JSON.stringify(printer.text(text))},`,
  )
  return (record, { level, message }, said) => {
    const { trace, status } = record
    return (
      `{"@timestamp":"${iso(record.startedAt + record.durationMs)}","log.level":"${level}","message":${JSON.stringify(message)}` +
      `${base}${outcomeOf(record)}","duration":${Math.round(record.durationMs * 1_000_000)}},"trace":{"id":"${trace.traceId}"},"span":{"id":"${trace.spanId}"}` +
      `,"transaction":{"id":"${trace.spanId}"},"http":{"request":{"id":"${record.id}","method":"${record.method}","body":{"bytes":${record.requestBytes}}}` +
      `,"response":{${status === undefined ? '' : `"status_code":${status},`}"body":{"bytes":${record.responseBytes}}}}` +
      `,"url":{"path":${JSON.stringify(printer.text(record.path))}},"labels":{${route(record.route)}"outcome":"${record.outcome}"}` +
      `${client(record.clientIp)}${userAgent(record.userAgent)}${rest(record, said, printer)}}\n`
    )
  }
}

/** The parts that only some requests have: fields, and an error. */
function rest(record: RequestRecord, said: Said | undefined, printer: Printer): string {
  const { error, unnamed } = record.error === undefined ? {} : ecsError(printedError(record, printer))
  const fields = { ...fieldsOf(record, said, printer), ...(unnamed && { err: unnamed }) }
  const shown = Object.keys(fields).length > 0 ? `,"fields":${JSON.stringify(fields)}` : ''
  return error ? `,"error":${JSON.stringify(error)}${shown}` : shown
}

/** https://www.elastic.co/guide/en/ecs/8.10/ecs-allowed-values-event-outcome.html */
function outcomeOf(record: RequestRecord): 'success' | 'failure' | 'unknown' {
  if (hasFailed(record)) return 'failure'
  return record.outcome === 'aborted' ? 'unknown' : 'success'
}

/** A proxy may pass on a value that is no IP address. Elasticsearch would refuse such a `client.ip`. */
function clientText(ip: string | undefined, printer: Printer): string {
  if (ip === undefined) return ''
  const address = `"address":${JSON.stringify(printer.text(ip))}`
  return `,"client":{${isIP(ip) === 0 ? address : `${address},"ip":${JSON.stringify(ip)}`}}`
}

/** https://www.elastic.co/guide/en/ecs/8.10/ecs-log.html */
function originOf({ file, line, function: name }: Caller): Fields {
  return { file: { name: file, line }, function: name }
}

/** A printed error under the schema's names, and its remaining properties. */
function ecsError(err: unknown): { readonly error?: Fields; readonly unnamed?: Fields } {
  if (err === undefined) return {}
  if (typeof err !== 'object' || err === null) return { error: { message: textOf(err) } }
  const { type, message, stack, code, ...unnamed } = err as Fields
  const error = {
    type: textOf(type),
    message: textOf(message),
    stack_trace: textOf(stack),
    code: textOf(code),
  }
  return { error, ...(Object.keys(unnamed).length > 0 && { unnamed }) }
}

/** Elasticsearch refuses a line with an object where the schema has a text. */
function textOf(value: unknown): string | undefined {
  return value === undefined || typeof value === 'string' ? value : JSON.stringify(value)
}
