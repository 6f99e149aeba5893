import { trends } from '../services/vectors.ts'
import type { TaskContext } from '../tasks/task.ts'
import { type Change, type Steps, timeAt } from './change.ts'
import { shiftOf, type Values } from './detect.ts'
import type { RatesByService } from './request-changes.ts'

/** Factor of the calls per request from which on they are told. */
const FACTOR = 2
const LEAST_CALLS = 30

/** Calls between services, and to databases, that have become more or fewer than the requests that cause them. */
export async function callChanges(
  context: TaskContext,
  rates: RatesByService,
  steps: Steps,
): Promise<readonly Change[]> {
  const { to: end, step, count, window } = steps
  const query = `sum by (client, server) (rate(traces_service_graph_request_total[${window}ms]))`
  const changes: Change[] = []
  for (const { labels, values } of await trends(context, query, { end, step, count })) {
    const { client = '', server = '' } = labels
    const requests = rates.get(client)
    if (requests === undefined || client === server) continue
    const perRequest = values.map((calls, at) => {
      const rate = requests[at]
      return calls === null || rate === null || rate === undefined || rate === 0 ? null : calls / rate
    })
    const shift = shiftOf(perRequest, values)
    if (shift === undefined) continue
    const seconds = step / 1_000
    const isEnough = Math.min(shift.beforeWeight, shift.afterWeight) * seconds >= LEAST_CALLS
    const factor = shift.after / shift.before
    if (!isEnough || (factor < FACTOR && factor > 1 / FACTOR)) continue
    changes.push({
      time: timeAt(steps, shift.at),
      kind: 'calls',
      state: factor > 1 ? 'warn' : 'note',
      service: client,
      peer: server,
      before: meanOf(values, shift.at - 10, shift.at),
      after: meanOf(values, shift.at + 1, shift.at + 11),
    })
  }
  return changes
}

function meanOf(values: Values, from: number, to: number): number {
  const present = values.slice(Math.max(0, from), to).filter((value) => value !== null)
  return present.length === 0 ? 0 : present.reduce((sum, value) => sum + value, 0) / present.length
}
