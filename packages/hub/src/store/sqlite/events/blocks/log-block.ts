import type { LogColumns } from '@sightline/otlp'

import type { StoredLog } from '../../../events.ts'
import { hexAt } from './ids.ts'
import { LOG_MAIN, LOG_MORE, LOG_TIMES } from './log-builder.ts'
import type { Origins } from './origins.ts'
import {
  attributeColumns,
  attributesOf,
  type BlockSource,
  distinct,
  lazily,
  nanoseconds,
  PartReader,
  sumOf,
  traceIdsOf,
  valueOf,
} from './shared-block.ts'

/** A stored block of log records. */
export class LogBlock {
  readonly first: number
  readonly rows: number
  readonly #origins: Origins
  readonly times: () => Readonly<Record<(typeof LOG_TIMES)[number], Float64Array>>
  readonly ids: () => ReturnType<typeof readIds>
  readonly main: () => ReturnType<typeof readMain>
  readonly more: () => Readonly<Record<(typeof LOG_MORE)[number], Float64Array>>

  constructor(source: BlockSource, origins: Origins) {
    this.first = source.first
    this.rows = source.rows
    this.#origins = origins
    this.times = lazily(() => new PartReader(source, 'times').columns(LOG_TIMES))
    this.ids = lazily(() => readIds(new PartReader(source, 'ids')))
    this.main = lazily(() => readMain(new PartReader(source, 'main')))
    this.more = lazily(() => new PartReader(source, 'more').columns(LOG_MORE))
  }

  /** The resource of the text with this number. */
  resource(number: number) {
    return this.#origins.resource(this.main().strings.at(number))
  }

  /** The log record of a row, whole but for its cursor. */
  log(row: number): Omit<StoredLog, 'cursor'> {
    const times = this.times()
    const ids = this.ids()
    const main = this.main()
    const more = this.more()
    const text = (column: Float64Array) => main.strings.at(column[row] ?? 0)
    const time = times.timeMs[row] ?? 0
    return {
      time: nanoseconds(time, times.timeNs[row]),
      observedTime: nanoseconds(time + (more.observedMs[row] ?? 0), more.observedNs[row]),
      severity: times.severity[row] ?? 0,
      severityText: text(main.severityText),
      body: valueOf(main.strings, main.bodyType[row] ?? 0, main.body[row] ?? 0),
      attributes: attributesOf(main, main.lists, row),
      droppedAttributes: more.droppedAttributes[row] ?? 0,
      flags: more.flags[row] ?? 0,
      traceId: hexAt(ids.traces, (ids.trace[row] ?? 0) * 16, 16),
      spanId: hexAt(ids.spanIds, row * 8, 8),
      eventName: text(main.eventName),
      resource: this.resource(main.resource[row] ?? 0),
      scope: this.#origins.scope(text(main.scope)),
    }
  }

  /** The block as columns of a reader, to be stored again. */
  columns(): LogColumns {
    const times = this.times()
    const ids = this.ids()
    const main = this.main()
    const more = this.more()
    const resources = distinct(main.resource)
    const scopes = distinct(main.scope)
    return {
      rows: this.rows,
      strings: main.strings.all(),
      resources: resources.values.map((number) => this.resource(number)),
      scopes: scopes.values.map((number) => this.#origins.scope(main.strings.at(number))),
      rejected: 0,
      reason: '',
      resource: resources.index,
      scope: scopes.index,
      times: { ms: times.timeMs, ns: Uint32Array.from(times.timeNs) },
      observedTimes: { ms: sumOf(times.timeMs, more.observedMs), ns: Uint32Array.from(more.observedNs) },
      severities: Uint8Array.from(times.severity),
      severityTexts: Uint32Array.from(main.severityText),
      bodyTypes: Uint8Array.from(main.bodyType),
      bodies: main.body,
      attributes: attributeColumns(main, main.lists),
      droppedAttributes: Uint32Array.from(more.droppedAttributes),
      flags: Uint32Array.from(more.flags),
      traceIds: traceIdsOf(ids.trace, ids.traces),
      spanIds: ids.spanIds,
      eventNames: Uint32Array.from(main.eventName),
    }
  }
}

function readIds(parts: PartReader) {
  return { ...parts.columns(['trace']), traces: parts.bytes(), spanIds: parts.bytes() }
}

function readMain(parts: PartReader) {
  return {
    strings: parts.strings(),
    attributes: parts.attributes(),
    lists: parts.lists(),
    ...parts.columns(LOG_MAIN),
  }
}
