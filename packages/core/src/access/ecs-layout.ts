import { type Caller, isCaller } from '../log/caller.ts'
import { isoTime } from '../log/time.ts'
import type { Printer } from '../printing/printer.ts'
import { ACCESS_FIELDS, type AccessValue } from '../record/access-fields.ts'
import type { Fields, RequestRecord } from '../seam.ts'
import type { AccessText, Layout } from './access-text.ts'
import { fieldsOf, printedError, type Said } from './event.ts'
import { type Members, preparedMembers } from './fragments.ts'

/** The version whose names are used: https://www.elastic.co/guide/en/ecs/8.10/index.html */
const VERSION = '8.10.0'

/**
 * Elastic Common Schema, as https://github.com/elastic/ecs-logging lays it out. An application's own fields stand together
 * below `fields`: beside the others, one called `user` or `event` would have Elasticsearch refuse the whole line.
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
  const base = `,"ecs.version":"${VERSION}","service":{"name":${JSON.stringify(service)}}`
  const event = {
    'event.kind': '"event"',
    'event.category': '["web"]',
    'event.type': '["access"]',
    'event.dataset': JSON.stringify(`${service}.access`),
  }
  const places = ACCESS_FIELDS.flatMap(({ ecs }) => ecs.map((place) => [place.name, place] as const))
  const members = preparedMembers(nested([...Object.entries(event), ...places]), {
    printer,
    absent: 'left out',
  })
  return (record, { level, message }, said) => {
    const time = iso(record.startedAt + record.durationMs)
    const head = `{"@timestamp":"${time}","log.level":"${level}","message":${JSON.stringify(message)}${base}`
    return `${members(record, head)}${rest(record, said, printer)}}\n`
  }
}

/** Members by their dotted paths. */
function nested(members: ReadonlyArray<readonly [path: string, member: AccessValue | string]>): Members {
  const all = new Map<string, AccessValue | string | Members>()
  const inner = Map.groupBy(members, ([path]) => path.split('.', 1)[0] as string)
  for (const [name, below] of inner) {
    const [first] = below
    const isLeaf = first?.[0] === name
    all.set(
      name,
      isLeaf ? first[1] : nested(below.map(([path, member]) => [path.slice(name.length + 1), member])),
    )
  }
  return all
}

/** What only some requests have: fields, and an error. */
function rest(record: RequestRecord, said: Said | undefined, printer: Printer): string {
  const { error, unnamed } = record.error === undefined ? {} : ecsError(printedError(record, printer))
  const fields = { ...fieldsOf(record, said), ...(unnamed && { err: unnamed }) }
  const shown = Object.keys(fields).length > 0 ? `,"fields":${JSON.stringify(fields)}` : ''
  return error ? `,"error":${JSON.stringify(error)}${shown}` : shown
}

/** https://www.elastic.co/guide/en/ecs/8.10/ecs-log.html */
function originOf({ file, line, function: name }: Caller): Fields {
  return { file: { name: file, line }, function: name }
}

/** A printed error under the schema's names, and what it has no names for. */
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

/** Elasticsearch refuses a line that has an object where the schema has a text. */
function textOf(value: unknown): string | undefined {
  return value === undefined || typeof value === 'string' ? value : JSON.stringify(value)
}
