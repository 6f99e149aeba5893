import { codeText, fenced } from '../format/share.ts'
import { type Log, messageOf, textOf } from './log.ts'

/** A field of a record, as it is shown when a line is open. */
export interface RecordField {
  readonly name: string
  readonly value: unknown
  /** The field of the search language, if it can be searched for. */
  readonly field?: string
  /** A group begins on a new line. */
  readonly group: number
}

/** Attributes of the resource that have a name of their own, and the search field. */
const RESOURCE: Readonly<Record<string, readonly [name: string, field: string]>> = {
  'service.name': ['service', 'service'],
  'service.version': ['version', 'version'],
  'service.instance.id': ['instance', 'instance'],
  'deployment.environment.name': ['env', 'env'],
  'deployment.environment': ['env', 'env'],
}

/** All that is known of a record, in the order in which it is read: time and message, where it comes from, its trace, its attributes. */
export function recordFields(log: Log): RecordField[] {
  const resource = Object.entries(log.resource)
  const own = resource.flatMap(([key, value]): RecordField[] => {
    const [name, field] = RESOURCE[key] ?? []
    return name === undefined || field === undefined ? [] : [{ name, value, field, group: 1 }]
  })
  return [
    { name: 'time', value: isoOf(log.time), group: 0 },
    { name: 'level', value: log.level, field: 'level', group: 0 },
    { name: 'msg', value: messageOf(log), field: 'message', group: 0 },
    ...own.toSorted((a, b) => order(a) - order(b)),
    ...(log.traceId === '' ? [] : [{ name: 'trace_id', value: log.traceId, field: 'trace', group: 2 }]),
    ...(log.spanId === '' ? [] : [{ name: 'span_id', value: log.spanId, field: 'span', group: 2 }]),
    ...Object.entries(log.attributes).map(([name, value], at) => ({
      name,
      value,
      field: name,
      group: isLong(value) ? 100 + at : 3,
    })),
    ...resource
      .filter(([key]) => RESOURCE[key] === undefined)
      .map(([name, value]) => ({ name, value, field: name, group: 4 })),
  ].toSorted((a, b) => a.group - b.group)
}

/** A record as one object, for copying. */
export function plainRecord(log: Log): Record<string, unknown> {
  return Object.fromEntries(recordFields(log).map(({ name, value }) => [name, value]))
}

/** A record as text for a ticket: a line of what happened, and the fields as a list. */
export function markdownOf(log: Log): string {
  const lines = recordFields(log)
    .filter(({ name }) => !['time', 'level', 'msg'].includes(name))
    .map(({ name, value }) => {
      const text = textOf(value)
      return text.includes('\n') ? `- ${name}:\n\n${fenced(text)}` : `- ${name}: ${codeText(text)}`
    })
  return `**${log.level}** ${isoOf(log.time)}\n\n${fenced(messageOf(log))}\n\n${lines.join('\n')}\n`
}

/** A time in nanoseconds as RFC 3339, in UTC, with its milliseconds. */
export const isoOf = (nanoseconds: string): string => {
  const date = new Date(Number(BigInt(nanoseconds) / 1_000_000n))
  return Number.isNaN(date.getTime()) ? nanoseconds : date.toISOString()
}

const isLong = (value: unknown): boolean =>
  typeof value === 'string' && (value.length > 160 || value.includes('\n'))
const order = ({ name }: RecordField): number => ['service', 'version', 'instance', 'env'].indexOf(name)
