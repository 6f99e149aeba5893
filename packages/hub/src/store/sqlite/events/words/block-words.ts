import { VALUE, type ReadResource } from '@sightline/otlp'

import type { StoredValue } from '../../../events.ts'
import type { AttributeTable } from '../blocks/attributes.ts'
import type { TraceTable } from '../blocks/ids.ts'
import type { StringTable } from '../blocks/strings.ts'
import { eachWord, traceWord } from './words.ts'

/** What the words of a block come from. */
export interface WordSources {
  readonly strings: StringTable
  readonly attributes: AttributeTable
  readonly traces: TraceTable
  readonly resources: Iterable<ReadResource>
}

/**
 * The document of a block in the full-text index: each distinct word once. Words come from the values of all attributes and from
 * the strings with the numbers in `texts`.
 */
export function documentOf(
  { strings, attributes, traces, resources }: WordSources,
  texts: Iterable<number>,
): string {
  const words = new Set<string>()
  const add = (word: string) => words.add(word)
  const isText = new Uint8Array(strings.list.length)
  for (const number of texts) isText[number] = 1
  for (let i = 0; i < attributes.size; i++) {
    const type = attributes.types[i] ?? 0
    const value = attributes.numbers[i] ?? 0
    if (type === VALUE.string || type === VALUE.bigint || type === VALUE.json) isText[value] = 1
    else if (isNumber(type)) eachNumberWord(value, add)
    else if (type === VALUE.bool) add(value ? 'true' : 'false')
  }
  for (let i = 0; i < isText.length; i++) if (isText[i]) eachWord(strings.list[i] ?? '', add)
  for (const { attributes: values } of resources) {
    for (const value of Object.values(values)) eachWord(textOfValue(value), add)
  }
  let document = ''
  for (const word of words) document += `${word} `
  for (let i = 1; i < traces.size; i++) document += `${traceWord(traces.bytes, i * 16)} `
  return document
}

function isNumber(type: number): boolean {
  return type === VALUE.int || type === VALUE.double
}

/** The words of a number. Fractions have none: measurements are all different, and no search is for their digits. */
export function eachNumberWord(value: number, use: (word: string) => void): void {
  if (Number.isInteger(value)) eachWord(String(value), use)
}

/** A value as searches compare it: lists and maps as JSON. Empty for bytes and for no value. */
export function textOfValue(value: StoredValue | undefined): string {
  if (typeof value === 'string') return value
  if (value === undefined || value === null || value instanceof Uint8Array) return ''
  return typeof value === 'object' ? JSON.stringify(value, plain) : String(value)
}

/** JSON has no large integers. */
function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}
