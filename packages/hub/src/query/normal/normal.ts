import { type Expression, parse, PromqlError, queryRange, type SeriesSource } from '@sightline/promql'

import { QueryError } from '../query-error.ts'
import { numberOf } from '../services/vectors.ts'
import { checkLength, optionsOf, type RangeTask } from '../tasks/promql-tasks.ts'
import type { TaskContext } from '../tasks/task.ts'
import { groupOf } from '../views/groups.ts'
import { EVERY, hourOf, type Part, partsBefore } from './days.ts'

/** The range in which the values of a query usually are. */
export interface Normal {
  /** The 5th and the 95th percentile at each step, `null` for an hour without history. `null` alone with too few days of history. */
  readonly low: ReadonlyArray<number | null> | null
  readonly high: ReadonlyArray<number | null> | null
  /** Days of history with a value. */
  readonly days: number
  /** False where the time limit was reached: the latest days were read. */
  readonly complete: boolean
}

/** Fewer days say nothing of what is usual. */
const LEAST_DAYS = 3

/**
 * The 5th to 95th percentile of a query in the same hours of the 4 weeks before a range, every 5 minutes, at the steps of the range. The query
 * must have one series at most.
 */
export async function normal(context: TaskContext, { query, start, end, step }: RangeTask): Promise<Normal> {
  checkLength(query)
  const deadline = performance.now() + context.timeMs
  const expression = parse(query)
  const byHour = new Map<number, { readonly values: number[]; days: number }>()
  let days = 0
  let complete = true
  for (const part of partsBefore({ start, end })) {
    const values = await valuesOf({ ...context, timeMs: deadline - performance.now() }, expression, part)
    if (values === undefined) {
      complete = false
      break
    }
    if (values.size > 0) days++
    for (const [hour, own] of values) {
      const group = groupOf(byHour, hour, () => ({ values: [], days: 0 }))
      group.values.push(...own)
      group.days++
    }
  }
  if (days < LEAST_DAYS) return { low: null, high: null, days, complete }
  const bounds = new Map(
    [...byHour]
      .filter(([, group]) => group.days >= LEAST_DAYS)
      .map(([hour, group]) => [hour, boundsOf(group.values)]),
  )
  const hours = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, at) =>
    hourOf(start + at * step),
  )
  return {
    low: hours.map((hour) => bounds.get(hour)?.low ?? null),
    high: hours.map((hour) => bounds.get(hour)?.high ?? null),
    days,
    complete,
  }
}

/** The values of a part by their hours. `undefined` where the time limit was reached. */
async function valuesOf(
  context: TaskContext,
  expression: Expression,
  { start, end }: Part,
): Promise<ReadonlyMap<number, readonly number[]> | undefined> {
  if (context.timeMs <= 0) return undefined
  let hasSeries = false
  const source: SeriesSource = {
    async select(selection) {
      const found = await context.reader.select(selection)
      hasSeries ||= found.length > 0
      return found
    },
  }
  try {
    const { result } = await queryRange(source, expression, {
      start,
      end,
      step: EVERY,
      ...optionsOf(context),
    })
    if (result.length > 1)
      throw new QueryError('bad_data', `The query must have one series, not ${result.length}`)
    const byHour = new Map<number, number[]>()
    // `or vector(0)` also has a value for days of which nothing is stored.
    if (!hasSeries) return byHour
    for (const [time, text] of result[0]?.values ?? []) {
      const value = numberOf(text)
      if (Number.isFinite(value)) groupOf(byHour, hourOf(time * 1_000), (): number[] => []).push(value)
    }
    return byHour
  } catch (error) {
    if (error instanceof PromqlError && error.type === 'timeout') return undefined
    throw error
  }
}

function boundsOf(values: readonly number[]): { readonly low: number; readonly high: number } {
  const sorted = values.toSorted((a, b) => a - b)
  return { low: percentile(sorted, 0.05), high: percentile(sorted, 0.95) }
}

/** Between the two nearest values, as PromQL's `quantile`. */
function percentile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1)
  const [below = NaN, above = below] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
  return below + (above - below) * (place - Math.floor(place))
}
