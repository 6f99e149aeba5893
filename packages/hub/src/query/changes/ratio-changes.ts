import { parse } from '@sightline/promql'

import { instruments } from '../services/instruments.ts'
import { trends } from '../services/vectors.ts'
import type { TaskContext } from '../tasks/task.ts'
import { type Change, type Steps, timeAt } from './change.ts'
import { sharesApart, shiftOf } from './detect.ts'

/** Relative difference of a ratio that is told. */
const LEAST = 0.15
const LEAST_EVENTS = 30
const APART = 3

/** Ratios that applications have declared, such as the conversion, which have risen or fallen. */
export async function ratioChanges(context: TaskContext, steps: Steps): Promise<readonly Change[]> {
  const { to: end, step, count, window } = steps
  const changes: Change[] = []
  for (const { name, jobs, ratio } of await instruments(context, { time: end })) {
    if (ratio === null || !isExpression(ratio.of) || !isExpression(ratio.to)) continue
    const rate = (selector: string) => `sum(rate(${selector}[${window}ms]))`
    const range = { end, step, count }
    const [of] = await trends(context, rate(ratio.of), range)
    const [to] = await trends(context, rate(ratio.to), range)
    if (of === undefined || to === undefined) continue
    const values = of.values.map((part, at) => {
      const whole = to.values[at]
      return part === null || whole === null || whole === undefined || whole === 0 ? null : part / whole
    })
    const weights = to.values.map((rateOfAll) => (rateOfAll === null ? null : (rateOfAll * step) / 1_000))
    const shift = shiftOf(values, weights)
    if (shift === undefined || Math.min(shift.beforeWeight, shift.afterWeight) < LEAST_EVENTS) continue
    const isFar = Math.abs(shift.after - shift.before) >= LEAST * shift.before
    if (!isFar || sharesApart(shift) < APART) continue
    changes.push({
      time: timeAt(steps, shift.at),
      kind: 'ratio',
      state: shift.after < shift.before ? 'warn' : 'note',
      service: jobs[0] ?? '',
      name,
      before: shift.before,
      after: shift.after,
    })
  }
  return changes
}

/** A ratio is what a service says: it may be no PromQL. */
function isExpression(selector: string): boolean {
  try {
    return parse(`rate(${selector}[1m])`).kind === 'call'
  } catch {
    return false
  }
}
