import type { StoredSpan } from '../../store/events.ts'
import { jobOf } from '../../store/job.ts'
import type { Condition, TraceSummary } from '../../store/search.ts'
import type { TaskContext } from '../tasks/task.ts'
import { textOf } from '../views/json.ts'

/** What traces are alike by: the service and the route of their root, or its name where it has no route. */
export interface Kind {
  readonly service: string
  readonly route: string
  readonly name: string
}

/** The spans of a trace, by start. */
export type Trace = readonly StoredSpan[]

const MINUTE = 60_000_000_000n
const HOUR = 60n * MINUTE

/** The ends of the parts of the day around a trace, as distances from it. The parts near the trace are short, so that they are not missed. */
const PARTS = [0n, 5n * MINUTE, 15n * MINUTE, HOUR, 4n * HOUR, 24n * HOUR]
/** The newest traces of each part. */
const OF_PART = 30
const MOST_SPANS = 100_000

/** The root of a trace: the span without parent, else the earliest. `undefined` without spans. */
export function rootOf(spans: Trace): StoredSpan | undefined {
  return spans.find(({ parentSpanId }) => parentSpanId === '') ?? spans[0]
}

export function kindOf({ name, attributes, resource }: StoredSpan): Kind {
  const route = textOf(attributes, 'http.route')
  return { service: jobOf(resource.attributes), route, name }
}

/**
 * Traces of a kind: the newest of each part of the day before a time and of the day after it, the nearest parts first, so that there are some
 * of before and after a deployment.
 *
 * @param deadline in the time of `performance.now()`
 */
export async function kindred(
  { reader, signal }: TaskContext,
  { kind, around, now, deadline }: { kind: Kind; around: StoredSpan; now: bigint; deadline: number },
): Promise<{ readonly traces: readonly Trace[]; readonly complete: boolean }> {
  const where = conditionOf(kind)
  const seen = new Set([around.traceId])
  const traces: Trace[] = []
  let spans = 0
  let isComplete = true
  for (const { from, to } of partsAround(around.start, now)) {
    const timeMs = deadline - performance.now()
    if (timeMs <= 0) return { traces, complete: false }
    const page = await reader.traces({ where, from, to, limit: OF_PART, order: 'newest', timeMs })
    isComplete &&= page.complete
    for (const summary of page.items) {
      if (seen.has(summary.traceId) || !isOfKind(summary, kind)) continue
      spans += summary.spans
      if (signal.aborted || performance.now() > deadline || spans > MOST_SPANS)
        return { traces, complete: false }
      seen.add(summary.traceId)
      traces.push(await reader.trace(summary.traceId))
    }
  }
  return { traces, complete: isComplete }
}

/** The nearest first, in turns before and after. */
function partsAround(time: bigint, now: bigint): Array<{ readonly from: bigint; readonly to: bigint }> {
  return PARTS.slice(1)
    .flatMap((far, index) => {
      const near = PARTS[index] ?? 0n
      return [
        { from: time - far, to: time - near },
        { from: time + near, to: time + far < now ? time + far : now },
      ]
    })
    .map(({ from, to }) => ({ from: from > 0n ? from : 0n, to }))
    .filter(({ from, to }) => from < to)
}

function conditionOf({ service, route, name }: Kind): Condition {
  const is = (field: string, value: string): Condition => ({ kind: 'field', field, is: '=', value })
  const of = route === '' ? [is('name', name)] : [is('route', route)]
  return { kind: 'all', of: service === '' ? of : [...of, is('service', service)] }
}

/** The search also finds traces that have such a span below their root, and compares without regard to case. */
function isOfKind({ root }: TraceSummary, { service, route, name }: Kind): boolean {
  return root.service === service && (route === '' ? root.name === name : root.route === route)
}
