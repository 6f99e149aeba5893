import { type ReadonlySignal, useComputed, useSignalEffect } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'

import { type Answer, useAnswer, useLoaded } from '../../api/answer.ts'
import type { Api } from '../../api/api.ts'
import { msOf } from '../../format/times.ts'
import { bucketsOf, type Histogram } from '../../logs/lanes.ts'
import { LogList } from '../../logs/list.ts'
import { fieldTerm } from '../../search/field-term.ts'
import type { Facet } from '../../search/fields.ts'
import { withoutValues, withText, valuesOf } from '../../search/terms.ts'
import { useApp } from '../../state/app.ts'
import { FACETS } from './facets.tsx'

/** The search of the page, with its environment. */
export function useSearch(): ReadonlySignal<string> {
  const { address } = useApp()
  return useComputed(() => {
    const { value } = address.params
    const env = value.get('env')
    return withText(value.get('q') ?? '', env === null ? '' : fieldTerm('env', env))
  })
}

/** Counts, and the search that they are of. */
export interface Counts extends Histogram {
  readonly q: string
}

/** Counts by time and level, those of the range that is compared, and the most frequent values of fields. */
export function useCounts(asked: ReadonlySignal<string>): {
  counts: Answer<Counts>
  before: Histogram | undefined
  facets: readonly Facet[]
  retry: () => void
} {
  const { time } = useApp()
  /** The counts of the range, or of one so much earlier, with the search that they are of. */
  const load = (api: Api, aborted: AbortSignal, shift: number): Promise<Counts> => {
    const q = asked.value
    const { from, to, count } = bucketsOf(time.span.value)
    const params = { q, from: from - shift, to: to - shift, buckets: count }
    return api
      .get<Histogram>('/api/logs/histogram', params, aborted)
      .then((histogram) => ({ ...histogram, q }))
  }
  const counts = useLoaded<Counts>((api, aborted) => {
    void time.beat.value
    return load(api, aborted, 0)
  })
  const before = useLoaded<Counts>((api, aborted) => {
    void time.beat.value
    const compared = time.compare.value
    return compared === undefined ? undefined : load(api, aborted, compared.by)
  })

  // Values besides a demanded one are those that are found without it.
  const demanded = useComputed(() =>
    FACETS.map(([field]) => field).filter((field) => valuesOf(asked.value, field).length > 0),
  )
  const fields = (of: (field: string) => boolean) =>
    FACETS.map(([field]) => field)
      .filter(of)
      .join(',')
  const facets = useAnswer<{ readonly facets: readonly Facet[] }>(() => [
    '/api/logs/facets',
    { q: asked.value, ...time.span.value, fields: fields((field) => !demanded.value.includes(field)) },
  ])
  const others = useAnswer<{ readonly facets: readonly Facet[] }>(() => {
    const [field] = demanded.value
    if (field === undefined) return undefined
    return [
      '/api/logs/facets',
      { q: withoutValues(asked.value, field), ...time.span.value, fields: demanded.value.join(',') },
    ]
  })
  return {
    counts: counts.answer.value,
    retry() {
      counts.retry()
      facets.retry()
    },
    before: time.compare.value === undefined ? undefined : before.answer.value.value,
    facets: [
      ...(facets.answer.value.value?.facets ?? []),
      ...(demanded.value.length > 0 ? (others.answer.value.value?.facets ?? []) : []),
    ],
  }
}

/** The lines of the page. They follow the search, the range and the pinned moment, and go on while the page is live. */
export function useLogList(asked: ReadonlySignal<string>): { list: LogList; reload: () => void } {
  const { address, api, live, time } = useApp()
  const list = useMemo(() => new LogList(api), [api])
  useEffect(() => () => list.close(), [list])

  function load(at: number | undefined, cursor: string | undefined): void {
    time.hold(time.live.peek() && (at !== undefined || cursor !== undefined))
    void list.load({
      q: asked.peek(),
      ...time.span.peek(),
      goesOn: time.last.peek() !== undefined,
      folds: address.params.peek().get('fold') !== '0',
      cursor,
      at,
    })
  }
  const pinned = useComputed(() => {
    const at = address.params.value.get('at')
    return at === null ? undefined : Number(at)
  })
  const isBegun = useRef(false)

  const key = useComputed(() => {
    const { value } = address.params
    return [asked.value, time.last.value, value.get('from'), value.get('to'), value.get('fold')].join('\n')
  })
  useSignalEffect(() => {
    void key.value
    load(pinned.peek(), address.params.peek().get('open') ?? undefined)
  })
  useSignalEffect(() => {
    const at = pinned.value
    if (isBegun.current && at !== undefined) {
      const { rows, hasOlder, hasNewer } = list.lines.peek()
      const [first, last] = [rows[0], rows.at(-1)]
      const isLoaded =
        first !== undefined &&
        last !== undefined &&
        (!hasOlder || msOf(first.log.time) <= at) &&
        (!hasNewer || msOf(last.log.time) >= at)
      if (!isLoaded) load(at, undefined)
      else if (time.live.peek()) time.hold(true)
    }
    isBegun.current = true
  })
  useSignalEffect(() => {
    if (!time.live.value) return undefined
    void list.arrived()
    return live.follow('stored', ({ items }) => {
      if (items.some(isOfLogs)) void list.arrived()
    })
  })
  useEffect(() => () => time.hold(false), [time])
  return { list, reload: () => load(pinned.peek(), undefined) }
}

const isOfLogs = (item: unknown): boolean =>
  typeof item === 'object' && item !== null && 'signal' in item && item.signal === 'logs'
