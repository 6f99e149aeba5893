import type { LogColumns } from '@sightline/otlp'
import { VALUE } from '@sightline/otlp'

import { addBlockWords } from '../words/block-words.ts'
import type { WordSet } from '../words/word-set.ts'
import { AttributeLists, isText } from './attributes.ts'
import { ByteColumn } from './ids.ts'
import { NumberColumn } from './numbers.ts'
import type { OriginTexts } from './origins.ts'
import { encodeSection } from './section.ts'
import {
  BlockTables,
  encodeColumns,
  type EncodedBlock,
  numberColumns,
  pushTime,
  rangeOf,
} from './shared-builder.ts'

export const LOG_TIMES = ['timeMs', 'timeNs', 'severity'] as const
export const LOG_MAIN = ['severityText', 'bodyType', 'body', 'eventName', 'resource', 'scope'] as const
export const LOG_MORE = ['observedMs', 'observedNs', 'flags', 'droppedAttributes'] as const

/**
 * Fills a block of log records. It copies what it gets. Sections of a block: `times` (with the severities, for histograms), `ids`,
 * `main` (what searches test, and all strings) and `more`. The observed time is relative to the time.
 */
export class LogBuilder {
  rows = 0
  readonly #tables: BlockTables
  readonly #numbers = numberColumns([...LOG_TIMES, ...LOG_MAIN, ...LOG_MORE, 'trace'])
  readonly #spanIds = new ByteColumn()
  readonly #attributes = new AttributeLists()

  constructor(origins: OriginTexts) {
    this.#tables = new BlockTables(origins)
  }

  /** Adds the rows from `from` up to `to`. */
  add(columns: LogColumns, from: number, to: number): void {
    const { strings, attributes, traces } = this.#tables
    const { resources, scopes } = this.#tables.from(columns)
    const numbers = this.#numbers
    for (let row = from; row < to; row++) {
      pushTime(numbers.timeMs, numbers.timeNs, columns.times, row)
      pushTime(numbers.observedMs, numbers.observedNs, columns.observedTimes, row, columns.times.ms[row])
      numbers.severity.push(columns.severities[row] ?? 0)
      numbers.severityText.push(strings.of(columns.severityTexts[row] ?? 0))
      const type = columns.bodyTypes[row] ?? 0
      const body = columns.bodies[row] ?? 0
      numbers.bodyType.push(type)
      numbers.body.push(isText(type) ? strings.of(body) : body)
      numbers.eventName.push(strings.of(columns.eventNames[row] ?? 0))
      numbers.resource.push(resources[columns.resource[row] ?? 0] ?? 0)
      numbers.scope.push(scopes[columns.scope[row] ?? 0] ?? 0)
      numbers.flags.push(columns.flags[row] ?? 0)
      numbers.droppedAttributes.push(columns.droppedAttributes[row] ?? 0)
      numbers.trace.push(traces.intern(columns.traceIds, row * 16))
      this.#attributes.add(columns.attributes, row, strings, attributes)
    }
    this.#spanIds.push(columns.spanIds, from * 8, to * 8)
    this.rows += to - from
  }

  /** Adds the words of the block for the index. */
  addWords(words: WordSet): void {
    const { bodyType, body, eventName } = this.#numbers
    const texts = new NumberColumn()
    for (let row = 0; row < this.rows; row++) {
      const type = bodyType.values[row] ?? 0
      if (isText(type) && type !== VALUE.bytes) texts.push(body.values[row] ?? 0)
    }
    addBlockWords(this.#tables, [eventName, texts], words)
  }

  encode(): EncodedBlock {
    const { strings, attributes, traces } = this.#tables
    const numbers = this.#numbers
    return {
      rows: this.rows,
      ...rangeOf(numbers.timeMs),
      top: rangeOf(numbers.severity).max,
      times: encodeSection(encodeColumns(numbers, LOG_TIMES)),
      ids: encodeSection([...encodeColumns(numbers, ['trace']), traces.encode(), this.#spanIds.encode()]),
      main: encodeSection([
        ...strings.encode(),
        ...attributes.encode(),
        ...this.#attributes.encode(),
        ...encodeColumns(numbers, LOG_MAIN),
      ]),
      more: encodeSection(encodeColumns(numbers, LOG_MORE)),
    }
  }

  clear(): void {
    this.rows = 0
    this.#tables.clear()
    for (const column of Object.values(this.#numbers)) column.clear()
    this.#spanIds.clear()
    this.#attributes.clear()
  }
}
