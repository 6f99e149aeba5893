import { type ReadonlySignal, useComputed } from '@preact/signals'

import { useLoaded } from '../../api/answer.ts'
import { type Labels, queryAt } from '../../api/series.ts'
import { clock } from '../../format/times.ts'
import { useApp } from '../../state/app.ts'
import type { Span, Time } from '../../state/time.ts'

/** Milliseconds that figures at rest are of, on a page that shows the present. */
const RECENT = 300_000

/** The time that figures at rest are of: the last five minutes of a page that ends now, else all of its range. */
export function recentOf({ span, last }: Time): Span {
  const { from, to } = span.value
  return last.value === undefined ? { from, to } : { from: Math.max(from, to - RECENT), to }
}

/** Says of what time figures at rest are. */
export function Recent() {
  const { time } = useApp()
  const { from, to } = recentOf(time)
  return <>{time.last.value === undefined ? `${clock(from)} – ${clock(to)}` : 'last 5 minutes'}</>
}

/**
 * Values at rest that the API does not have: an expression over the time that figures at rest are of.
 *
 * @param query Makes the expression for a window such as `300s`
 */
export function useRecent(
  query: (window: string) => string | undefined,
  keyOf: (labels: Labels) => string,
): ReadonlySignal<ReadonlyMap<string, number>> {
  const { time } = useApp()
  const { answer } = useLoaded((api, aborted) => {
    void time.grid.value
    const { from, to } = recentOf(time)
    const text = query(`${Math.round((to - from) / 1_000)}s`)
    return text === undefined ? undefined : queryAt(api, text, to, aborted)
  })
  return useComputed(
    () => new Map((answer.value.value ?? []).map(({ labels, value }) => [keyOf(labels), value])),
  )
}
