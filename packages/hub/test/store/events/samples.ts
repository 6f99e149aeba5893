import type { StoredLog } from '../../../src/store/events.ts'
import type { Condition, LogSearch, Page } from '../../../src/store/search.ts'
import type { StoreReader } from '../../../src/store/store.ts'
import { type LogRow, logColumns, type SpanRow, spanColumns } from '../columns.ts'
import type { Bench } from './bench.ts'

/** A moment in nanoseconds since 1970, with all of its digits. */
export const START = 1_793_788_800_123_456_789n
export const MS = 1_000_000n
export const SECOND = 1_000n * MS

export const EVERYTHING: Condition = { kind: 'all', of: [] }
export const ALWAYS = { from: 0n, to: 1n << 63n }
export const LIMITS = { limit: 1_000_000, timeMs: 600_000 }

export const resourceOf = (service: string, instance = 'one', version = '1.0.0') => ({
  attributes: { 'service.name': service, 'service.instance.id': instance, 'service.version': version },
  droppedAttributes: 0,
  schemaUrl: 'https://opentelemetry.io/schemas/1.30.0',
})
export const scope = {
  name: 'http',
  version: '0.1',
  attributes: { library: 'x' },
  droppedAttributes: 1,
  schemaUrl: '',
}

/** Ids of 32 and 16 digits. */
export const traceId = (n: number) => `4bf92f3577b34da6${n.toString(16).padStart(16, '0')}`
export const spanId = (n: number) => (n + 1).toString(16).padStart(16, '0')

/** Writes and commits. */
export function writeSpans(bench: Bench, spans: readonly SpanRow[], writer = 0): void {
  bench.writer(writer).spans(spanColumns(spans), [])
  bench.writer(writer).commit()
}

/** Writes and commits. */
export function writeLogs(bench: Bench, logs: readonly LogRow[], writer = 0): void {
  bench.writer(writer).logs(logColumns(logs), [])
  bench.writer(writer).commit()
}

/** All pages of a search, from one cursor to the next. */
export async function allPages(reader: StoreReader, search: Partial<LogSearch>): Promise<StoredLog[]> {
  const items: StoredLog[] = []
  let page: Page<StoredLog> | undefined
  do {
    page = await reader.logs({
      ...ALWAYS,
      ...LIMITS,
      where: EVERYTHING,
      ...search,
      ...(page && { before: page.next }),
    })
    items.push(...page.items)
  } while (page.next !== undefined)
  return items
}

export const text = (words: string, phrase = false): Condition => ({ kind: 'text', text: words, phrase })
export const field = (
  name: string,
  value: string,
  is: Extract<Condition, { kind: 'field' }>['is'] = '=',
): Condition => ({
  kind: 'field',
  field: name,
  is,
  value,
})
export const not = (of: Condition): Condition => ({ kind: 'not', of })
