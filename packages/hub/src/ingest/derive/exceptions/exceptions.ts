import { type LogColumns, type SpanColumns, type TimeColumn, VALUE } from '@sightline/otlp'

import type { ExceptionRow } from '../../../store/events.ts'
import type { Attributes } from '../attributes.ts'
import type { Identity } from '../identity.ts'
import { errorInBody, errorObject, type Told, told } from './error-object.ts'
import { createFingerprints } from './fingerprint.ts'

/** Attributes that tell of an exception or of its circumstances. */
export const EXCEPTION_ATTRIBUTES = [
  'exception.type',
  'exception.message',
  'exception.stacktrace',
  'err',
  'error',
  'err.type',
  'err.name',
  'err.message',
  'err.stack',
  'http.route',
  'route',
  'enduser.id',
  'user.id',
] as const

type ExceptionAttribute = (typeof EXCEPTION_ATTRIBUTES)[number]

/** Finds exceptions in the rows of columns. Its attributes must have begun with the strings of the columns. */
export interface Exceptions {
  /** The exceptions in the events of a span. */
  ofSpan(columns: SpanColumns, row: number, identity: Identity): readonly ExceptionRow[]
  /** The exception of a log record. */
  ofLog(columns: LogColumns, row: number, identity: Identity): ExceptionRow | undefined
}

/** Creates a finder that reads with these attributes. */
export function createExceptions(attributes: Attributes<ExceptionAttribute>): Exceptions {
  const fingerprint = createFingerprints()
  const text = (name: ExceptionAttribute) => attributes.text(name)
  const user = () => text('enduser.id') || text('user.id')

  const rowOf = (
    { type, message, stack }: Told,
    rest: Pick<ExceptionRow, 'row' | 'time' | 'version' | 'route' | 'user'>,
  ): ExceptionRow => ({ ...rest, fingerprint: fingerprint(type, message, stack), type, message, stack })

  return {
    ofSpan(columns, row, { version }) {
      const { events, strings } = columns
      const found: ExceptionRow[] = []
      const end = events.offsets[row + 1] ?? 0
      for (let event = events.offsets[row] ?? 0; event < end; event++) {
        if (strings[events.names[event] ?? 0] !== 'exception') continue
        attributes.read(events.attributes, event)
        const said = ofConventions(text)
        if (said === undefined) continue
        const who = user()
        // The span itself knows the route, and mostly the user.
        attributes.read(columns.attributes, row)
        const route = text('http.route') || (strings[columns.names[row] ?? 0] ?? '')
        found.push(
          rowOf(said, { row, time: nanoseconds(events.times, event), version, route, user: who || user() }),
        )
      }
      return found
    },
    ofLog(columns, row, { version }) {
      const hasAttribute = attributes.read(columns.attributes, row)
      const said = (hasAttribute ? ofAttributes(text) : undefined) ?? ofBody(columns, row)
      if (said === undefined) return undefined
      const route = text('http.route') || text('route')
      return rowOf(said, { row, time: nanoseconds(columns.times, row), version, route, user: user() })
    },
  }
}

type Text = (name: ExceptionAttribute) => string

/** https://opentelemetry.io/docs/specs/semconv/exceptions/ */
function ofConventions(text: Text): Told | undefined {
  const type = text('exception.type')
  const message = text('exception.message')
  return (
    told(type, message, text('exception.stacktrace')) ??
    (type === '' ? undefined : { type, message, stack: '' })
  )
}

function ofAttributes(text: Text): Told | undefined {
  return (
    ofConventions(text) ??
    errorObject(text('err')) ??
    errorObject(text('error')) ??
    told(text('err.type') || text('err.name'), text('err.message'), text('err.stack'))
  )
}

function ofBody(columns: LogColumns, row: number): Told | undefined {
  if (columns.bodyTypes[row] !== VALUE.json) return undefined
  return errorInBody(columns.strings[columns.bodies[row] ?? 0] ?? '')
}

/** Nanoseconds since 1970. */
function nanoseconds({ ms, ns }: TimeColumn, row: number): bigint {
  return BigInt(ms[row] ?? 0) * 1_000_000n + BigInt(ns[row] ?? 0)
}
