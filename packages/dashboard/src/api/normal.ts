import { type ReadonlySignal, useComputed } from '@preact/signals'

import { endOf } from '../charts/geometry.ts'
import type { Band } from '../charts/types.ts'
import { useApp } from '../state/app.ts'
import { useLoaded } from './answer.ts'

interface Normal {
  readonly low: ReadonlyArray<number | null> | null
  readonly high: ReadonlyArray<number | null> | null
}

/** Milliseconds after which the range is asked for anew: it changes by the hour. */
const AGAIN = 900_000

/** The range in which an expression was at the same hour of the last four weeks. `undefined` without such a history. */
export function useNormal(query: () => string | undefined): ReadonlySignal<Band | undefined> {
  const { time } = useApp()
  const asks = useComputed(query)
  // A text: it stays the same while the time goes on a little.
  const asked = useComputed(() => {
    const grid = time.grid.value
    const every = grid.step * Math.ceil(AGAIN / grid.step)
    const [from, to] = [Math.floor(grid.start / every) * every, Math.ceil(endOf(grid) / every) * every]
    return `${from} ${to} ${grid.step}`
  })
  const { answer } = useLoaded((api, aborted) => {
    const text = asks.value
    const [from = 0, to = 0, step = 1] = asked.value.split(' ').map(Number)
    if (text === undefined) return undefined
    const params = { query: text, from, to, step: step / 1_000 }
    return api
      .get<Normal>('/api/normal', params, aborted)
      .then(({ low, high }) => (low && high ? { low, high, from, step } : undefined))
  })
  return useComputed(() => {
    const band = answer.value.value
    const { start, step, count } = time.grid.value
    if (band === undefined || band.step !== step) return undefined
    const at = (start - band.from) / step
    const part = (values: ReadonlyArray<number | null>) =>
      Array.from({ length: count }, (_, n) => values[at + n] ?? null)
    return { low: part(band.low), high: part(band.high) }
  })
}
