import { VALUE, type ReadResource } from '@sightline/otlp'

import type { StoredValue } from '../../../events.ts'
import type { AttributeTable } from '../blocks/attributes.ts'
import type { TraceTable } from '../blocks/ids.ts'
import type { NumberColumn } from '../blocks/numbers.ts'
import type { StringTable } from '../blocks/strings.ts'
import { hashOfTrace } from './word-hash.ts'
import type { WordSet } from './word-set.ts'
import { eachWord } from './words.ts'

/** What the words of a block come from. */
export interface WordSources {
  readonly strings: StringTable
  readonly attributes: AttributeTable
  readonly traces: TraceTable
  readonly resources: Iterable<ReadResource>
}

/**
 * Adds the words of a block to `words`. They come from the values of all attributes and from the strings with the numbers in `texts`.
 */
export function addBlockWords(
  { strings, attributes, traces, resources }: WordSources,
  texts: readonly NumberColumn[],
  words: WordSet,
): void {
  const isText = new Uint8Array(strings.list.length)
  for (const { values, length } of texts) for (let i = 0; i < length; i++) isText[values[i] ?? 0] = 1
  for (let i = 0; i < attributes.size; i++) {
    const type = attributes.types[i] ?? 0
    const value = attributes.numbers[i] ?? 0
    if (type === VALUE.string || type === VALUE.bigint || type === VALUE.json) isText[value] = 1
    else if (isNumber(type)) {
      if (Number.isInteger(value)) words.addText(String(value))
    } else if (type === VALUE.bool) words.addText(value ? 'true' : 'false')
  }
  for (let i = 0; i < isText.length; i++) if (isText[i]) words.addText(strings.list[i] ?? '')
  for (const { attributes: values } of resources)
    for (const value of Object.values(values)) words.addText(textOfValue(value))
  for (let i = 1; i < traces.size; i++) words.add(hashOfTrace(traces.bytes, i * 16))
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
