import { VALUE } from '@sightline/otlp'

import type { AttributeTable } from '../blocks/attributes.ts'
import type { TraceTable } from '../blocks/ids.ts'
import type { NumberColumn } from '../blocks/numbers.ts'
import type { StringTable } from '../blocks/strings.ts'
import { eachWord, traceWord } from './words.ts'

/** What the words of a block come from. */
export interface WordSources {
  readonly strings: StringTable
  readonly attributes: AttributeTable
  readonly traces: TraceTable
  /** Columns of strings that are texts, such as names. */
  readonly texts: readonly NumberColumn[]
  /** Numbers of strings that are texts too. */
  readonly others: Iterable<number>
  /** The resources of the block, as JSON. */
  readonly resources: Iterable<number>
}

/** The document of a block in the full-text index: each distinct word once. */
export function documentOf({ strings, attributes, traces, texts, others, resources }: WordSources): string {
  const words = new Set<string>()
  const add = (word: string) => words.add(word)
  const isText = new Uint8Array(strings.list.length)
  for (let i = 0; i < attributes.size; i++) {
    const type = attributes.types[i] ?? 0
    const value = attributes.numbers[i] ?? 0
    if (type === VALUE.string || type === VALUE.bigint || type === VALUE.json) isText[value] = 1
    else if (type === VALUE.int || type === VALUE.double) eachWord(String(value), add)
    else if (type === VALUE.bool) add(value ? 'true' : 'false')
  }
  for (const { values, length } of texts) for (let i = 0; i < length; i++) isText[values[i] ?? 0] = 1
  for (const number of others) isText[number] = 1
  for (const number of resources) isText[number] = 1
  for (let i = 0; i < isText.length; i++) if (isText[i]) eachWord(strings.list[i] ?? '', add)
  let document = ''
  for (const word of words) document += `${word} `
  for (let i = 1; i < traces.size; i++) document += `${traceWord(traces.bytes, i * 16)} `
  return document
}
