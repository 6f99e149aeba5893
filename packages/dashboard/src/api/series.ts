import type { ReadonlySignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'

import { useApp } from '../state/app.ts'
import type { Grid } from '../state/time.ts'
import { type Answer, useLoaded } from './answer.ts'
import type { Api } from './api.ts'
import { growing, type QueryRange } from './growing.ts'
import type { Labels, Lines } from './lines.ts'

export type { Labels, Line, Lines } from './lines.ts'

/** A value of an instant query. */
export interface Reading {
  readonly labels: Labels
  readonly value: number
}

interface Matrix {
  readonly data: {
    readonly result: ReadonlyArray<{ metric: Labels; values: ReadonlyArray<[number, string]> }>
  }
}
interface Vector {
  readonly data: { readonly result: ReadonlyArray<{ metric: Labels; value: [number, string] }> }
}

/** Evaluates a PromQL expression at each moment of a grid. */
export async function queryRange(api: Api, query: string, grid: Grid, signal?: AbortSignal): Promise<Lines> {
  const { start, step, count } = grid
  const { data } = await api.get<Matrix>(
    '/api/v1/query_range',
    { query, start: start / 1_000, end: (start + (count - 1) * step) / 1_000, step: step / 1_000 },
    signal,
  )
  const lines = data.result.map(({ metric, values }) => {
    const line = Array.from<number | null>({ length: count }).fill(null)
    for (const [seconds, text] of values) {
      const value = Number(text)
      if (Number.isFinite(value)) line[Math.round((seconds * 1_000 - start) / step)] = value
    }
    return { labels: metric, values: line }
  })
  return { grid, lines }
}

/** Evaluates a PromQL expression at one moment, in milliseconds. */
export async function queryAt(
  api: Api,
  query: string,
  time: number,
  signal?: AbortSignal,
): Promise<readonly Reading[]> {
  const { data } = await api.get<Vector>('/api/v1/query', { query, time: time / 1_000 }, signal)
  return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }))
}

/**
 * The lines of an expression over the time of the page. While the time goes on only their end is loaded. An answer without changes is the same
 * object as before.
 */
export function useLines(query: () => string | undefined): {
  answer: ReadonlySignal<Answer<Lines>>
  retry: () => void
} {
  const { api, time } = useApp()
  const load = useMemo(() => {
    const range: QueryRange = (text, grid, signal) => queryRange(api, text, grid, signal)
    return { now: growing(range), before: growing(range), joined: new WeakMap<Lines, Lines>() }
  }, [api])
  return useLoaded((_, aborted) => {
    const text = query()
    void time.beat.value
    const grid = time.grid.value
    const by = time.compare.value?.by
    if (text === undefined) return undefined
    const now = load.now(text, grid, aborted)
    if (by === undefined) return now
    const earlier = load.before(text, { ...grid, start: grid.start - by }, aborted)
    return Promise.all([now, earlier]).then(([lines, { lines: before }]) => {
      const known = load.joined.get(lines)
      const joined = known?.before === before ? known : { ...lines, before }
      load.joined.set(lines, joined)
      return joined
    })
  })
}

/** The values of an expression at the end of the time of the page. Loaded again when the time goes on. */
export function useReadings(query: () => string | undefined): {
  answer: ReadonlySignal<Answer<readonly Reading[]>>
  retry: () => void
} {
  const { time } = useApp()
  return useLoaded((api, aborted) => {
    const text = query()
    void time.beat.value
    const { to } = time.span.value
    return text === undefined ? undefined : queryAt(api, text, to, aborted)
  })
}
