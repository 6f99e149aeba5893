import { VALUE } from '@sightline/otlp'

import type { StoredValue } from '../../../events.ts'
import { withoutNamespace } from '../../../job.ts'
import type { Condition } from '../../../search.ts'
import type { StoredLists } from '../blocks/attributes.ts'
import { eachNumberWord, textOfValue } from '../words/block-words.ts'
import { createValueTest, isOrdered, numberOf, severities, type ValueTest } from './comparison.ts'
import { columnOf, errorsOf, statusOf, STATUSES } from './known-fields.ts'
import { createTextMatch } from './text-match.ts'
import type { View } from './view.ts'

/** Tells which rows of a block fulfil a condition: 1 for each that does. */
export type Mask = (view: View) => Uint8Array

/** Prepares a condition for the blocks of a search. */
export function createMask(condition: Condition): Mask {
  switch (condition.kind) {
    case 'all':
      return combined(condition.of.map(createMask), 1, (left, right) => left & right)
    case 'any':
      return combined(condition.of.map(createMask), 0, (left, right) => left | right)
    case 'not': {
      const mask = createMask(condition.of)
      return (view) => mask(view).map((bit) => 1 - bit)
    }
    case 'text':
      return textMask(condition.text, condition.phrase)
    case 'field':
      return fieldMask(condition)
  }
}

function combined(
  masks: readonly Mask[],
  start: 0 | 1,
  merge: (left: number, right: number) => number,
): Mask {
  return (view) => {
    const result = new Uint8Array(view.rows).fill(start)
    for (const mask of masks) {
      const other = mask(view)
      for (let row = 0; row < result.length; row++) result[row] = merge(result[row] ?? 0, other[row] ?? 0)
    }
    return result
  }
}

/** A word of the search language may end with `*`; a phrase is taken as it is. */
export function textMatchOf(text: string, phrase: boolean) {
  const prefix = !phrase && text.length > 1 && text.endsWith('*')
  return createTextMatch(prefix ? text.slice(0, -1) : text, prefix)
}

function textMask(text: string, phrase: boolean): Mask {
  const match = textMatchOf(text, phrase)
  return (view) => {
    const { attributes, lists, strings, texts } = view
    const marks = match.mark(strings)
    const hits = new Uint8Array(attributes.size)
    for (let i = 0; i < attributes.size; i++) {
      const type = attributes.types[i] ?? 0
      const value = attributes.numbers[i] ?? 0
      if (type === VALUE.string || type === VALUE.bigint || type === VALUE.json) hits[i] = marks[value] ?? 0
      else if (type === VALUE.bool) hits[i] = Number(match.matches(value ? 'true' : 'false'))
      else if (match.isNumber && (type === VALUE.int || type === VALUE.double))
        eachNumberWord(value, () => (hits[i] = Number(match.matches(String(value)))))
    }
    const someAttribute = hits.includes(1)
    const result = new Uint8Array(view.rows)
    for (let row = 0; row < view.rows; row++) {
      const inText = texts.some((column) => marks[column[row] ?? -1] === 1)
      result[row] = Number(inText || (someAttribute && hasHit(lists, row, hits)))
    }
    // Events are another section of the block.
    if (someAttribute || marks.includes(1)) markEvents(view, result, hits, marks)
    return result
  }
}

function hasHit({ offsets, numbers }: StoredLists, row: number, hits: Uint8Array): boolean {
  const end = offsets[row + 1] ?? 0
  for (let i = offsets[row] ?? 0; i < end; i++) if (hits[numbers[i] ?? 0] === 1) return true
  return false
}

function markEvents(view: View, result: Uint8Array, hits: Uint8Array, marks: Uint8Array): void {
  const events = view.events()
  if (!events) return
  for (let row = 0; row < view.rows; row++) {
    for (let i = events.rowOffsets[row] ?? 0; i < (events.rowOffsets[row + 1] ?? 0); i++) {
      if (marks[events.names[i] ?? 0] === 1 || hasHit(events.lists, i, hits)) result[row] = 1
    }
  }
}

function fieldMask({ field, is, value }: Extract<Condition, { kind: 'field' }>): Mask {
  if (field === 'level') return levelMask(is, value)
  if (field === 'error') return errorMask(is, value)
  const test = testOf(field, is, value)
  const status =
    field === 'status' && is === '=' && STATUSES.includes(value.toLowerCase())
      ? value.toLowerCase()
      : undefined
  return (view) => {
    const result = new Uint8Array(view.rows)
    if (status !== undefined && view.span) {
      for (let row = 0; row < view.rows; row++) result[row] = Number(statusOf(view, row) === status)
      return result
    }
    const column = columnOf(view, field)
    const known = new Map<number, number>([[-1, 0]])
    for (let row = 0; row < view.rows; row++) {
      const code = column.code(row)
      let bit = known.get(code)
      if (bit === undefined) {
        bit = Number(test(column.value(code)))
        known.set(code, bit)
      }
      result[row] = bit
    }
    return result
  }
}

function testOf(
  field: string,
  is: '=' | 'prefix' | 'exists' | '>' | '>=' | '<' | '<=',
  value: string,
): ValueTest {
  if (field === 'message' && (is === '=' || is === 'prefix')) return wordTest(is, value)
  if (field === 'service' && (is === '=' || is === 'prefix')) return serviceTest(is, value)
  // A duration of 5 is one of 5.0 too.
  if (field === 'duration' && is === '=') return (other) => isOrdered('=', numberOf(other), numberOf(value))
  return createValueTest(is, value)
}

/** The namespace of a service may be left out. */
function serviceTest(is: '=' | 'prefix', value: string): ValueTest {
  const test = createValueTest(is, value)
  return (other) => test(other) || test(withoutNamespace(textOfValue(other)))
}

function wordTest(is: '=' | 'prefix', value: string): ValueTest {
  const match = createTextMatch(value, is === 'prefix')
  return (other) => match.matches(textOfValue(other))
}

function levelMask(is: Parameters<typeof severities>[0], value: string): Mask {
  const allowed = severities(is, value)
  return (view) => {
    const result = new Uint8Array(view.rows)
    const severity = view.log?.times().severity
    if (!severity || !allowed) return result
    for (let row = 0; row < result.length; row++) {
      const number = severity[row] ?? 0
      result[row] = Number(number >= allowed.least && number <= allowed.most)
    }
    return result
  }
}

function errorMask(is: Parameters<typeof createValueTest>[0], value: string): Mask {
  const test: ValueTest = is === '=' || is === 'prefix' ? wordTest(is, value) : createValueTest(is, value)
  const any = (values: readonly StoredValue[]) => Number(values.some(test))
  return (view) => Uint8Array.from({ length: view.rows }, (_, row) => any(errorsOf(view, row)))
}
