import type { StoredValue } from '../../../events.ts'
import { isText } from '../blocks/attributes.ts'
import { hexAt } from '../blocks/ids.ts'
import { valueOf } from '../blocks/shared-block.ts'
import { levelOf } from './comparison.ts'
import {
  attributeColumn,
  computedColumn,
  type FieldColumn,
  KNOWN_KEYS,
  keysOf,
  textColumn,
} from './fields.ts'
import type { View } from './view.ts'

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']
export const STATUSES = ['unset', 'ok', 'error']
const NO_KEYS = { event: [], resource: [] }

/** Fields that are not only attributes. */
const columns: Readonly<Record<string, (view: View) => FieldColumn>> = {
  level: (view) =>
    computedColumn((row) => (view.log ? levelOf(view.log.times().severity[row] ?? 0) : undefined)),
  name: (view) =>
    textColumn(view, view.span?.main().name ?? view.log?.main().eventName ?? new Float64Array(0)),
  message: messageColumn,
  status: statusColumn,
  duration: (view) =>
    view.span
      ? computedColumn((row) => durationOf(view, row))
      : attributeColumn(view, KNOWN_KEYS['logDuration'] ?? NO_KEYS),
  kind: (view) => computedColumn((row) => (view.span ? KINDS[view.span.main().kind[row] ?? 0] : undefined)),
  trace: (view) =>
    computedColumn((row) => hexAt(view.ids().traces, (view.ids().trace[row] ?? 0) * 16, 16) || undefined),
  span: (view) => computedColumn((row) => hexAt(view.ids().spanIds, row * 8, 8) || undefined),
  error: (view) => computedColumn((row) => errorsOf(view, row)[0]),
}

/** The column of a field: a known one, or the key of an attribute. */
export function columnOf(view: View, field: string): FieldColumn {
  const known = Object.hasOwn(columns, field) ? columns[field] : undefined
  return known ? known(view) : attributeColumn(view, keysOf(field))
}

/** Whether a field of this name is an attribute with the words of its value in the index. */
export function isAttribute(field: string): boolean {
  return !Object.hasOwn(columns, field)
}

function messageColumn(view: View): FieldColumn {
  const { span, log } = view
  if (span) return textColumn(view, span.main().statusMessage)
  const main = log?.main()
  // Bodies that are numbers have no words.
  return computedColumn((row) =>
    main && isText(main.bodyType[row] ?? 0)
      ? valueOf(main.strings, main.bodyType[row] ?? 0, main.body[row] ?? 0)
      : undefined,
  )
}

/** The status of the HTTP response, else the status of the span. */
function statusColumn(view: View): FieldColumn {
  const http = attributeColumn(view, KNOWN_KEYS['httpStatus'] ?? NO_KEYS)
  return computedColumn((row) => {
    const code = http.code(row)
    return code >= 0 ? http.value(code) : statusOf(view, row)
  })
}

/** The name of a span's status. */
export function statusOf({ span }: View, row: number): string | undefined {
  return span ? STATUSES[span.main().statusCode[row] ?? 0] : undefined
}

/** Milliseconds. */
function durationOf({ span }: View, row: number): number | undefined {
  if (!span) return undefined
  const times = span.times()
  return (times.lengthMs[row] ?? 0) + ((times.endNs[row] ?? 0) - (times.startNs[row] ?? 0)) / 1e6
}

/** What a row says of its error: types and messages of exceptions, and the status of a failed span. */
export function errorsOf(view: View, row: number): StoredValue[] {
  const { strings, attributes, lists } = view
  const found: StoredValue[] = []
  const keys = KNOWN_KEYS['error']?.event ?? []
  const collect = (offsets: Uint32Array, numbers: Float64Array, at: number) => {
    for (let i = offsets[at] ?? 0; i < (offsets[at + 1] ?? 0); i++) {
      const number = numbers[i] ?? 0
      if (keys.includes(strings.at(attributes.keys[number] ?? 0)))
        found.push(valueOf(strings, attributes.types[number] ?? 0, attributes.numbers[number] ?? 0))
    }
  }
  collect(lists.offsets, lists.numbers, row)
  const events = view.events()
  if (events) {
    const end = events.rowOffsets[row + 1] ?? 0
    for (let i = events.rowOffsets[row] ?? 0; i < end; i++)
      collect(events.lists.offsets, events.lists.numbers, i)
  }
  if (view.span?.main().statusCode[row] === 2)
    found.push(strings.at(view.span.main().statusMessage[row] ?? 0))
  if ((view.log?.times().severity[row] ?? 0) >= 17) found.push('')
  return found
}
