import { type ReadonlySignal, useComputed } from '@preact/signals'

import { endOf } from '../charts/geometry.ts'
import type { Band } from '../charts/types.ts'
import { useApp } from '../state/app.ts'
import { useLoaded } from './answer.ts'

interface Normal {
  readonly low: ReadonlyArray<number | null> | null
  readonly high: ReadonlyArray<number | null> | null
}

/** The range in which an expression was at the same hour of the last four weeks. `undefined` without such a history. */
export function useNormal(query: () => string | undefined): ReadonlySignal<Band | undefined> {
  const { time } = useApp()
  const { answer } = useLoaded((api, aborted) => {
    const text = query()
    const grid = time.grid.value
    if (text === undefined) return undefined
    const params = {
      query: text,
      from: grid.start,
      to: endOf(grid),
      step: grid.step / 1_000,
    }
    return api.get<Normal>('/api/normal', params, aborted)
  })
  return useComputed(() => {
    const { low, high } = answer.value.value ?? {}
    return low && high ? { low, high } : undefined
  })
}
