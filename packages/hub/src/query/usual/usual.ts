import { QueryError } from '../query-error.ts'
import type { TaskContext } from '../tasks/task.ts'
import type { Json } from '../views/json.ts'
import { selfTimes } from './durations.ts'
import { kindOf, kindred, rootOf, type Trace } from './kindred.ts'
import { profilesByVersion, serviceOf, versionOf } from './profile.ts'

/** The part of its time limit that it takes at most, since it is only an addition to a trace. */
const PATIENCE = 1 / 2
const MOST_SERVICES = 5

/**
 * How traces like one usually are: those of the same route, by the version of the root's service, and by the versions of the services that
 * took most of the time in this trace. Fails with `not_found`.
 */
export async function usualView(
  context: TaskContext,
  { traceId, now }: { readonly traceId: string; readonly now: bigint },
): Promise<Json> {
  const deadline = performance.now() + context.timeMs * PATIENCE
  const spans = await context.reader.trace(traceId)
  const root = rootOf(spans)
  if (root === undefined) throw new QueryError('not_found', `The trace ${traceId} is not stored`)
  const kind = kindOf(root)
  const { traces, complete } = await kindred(context, { kind, around: root, now, deadline })
  const byVersion = (service: string) => {
    const version = versionOf(spans, service) ?? ''
    return { service, version, versions: profilesByVersion(traces, service, version) }
  }
  return {
    route: kind.route,
    name: kind.name,
    ...byVersion(kind.service),
    children: childServices(spans, kind.service).map(byVersion),
    complete,
  }
}

/** The other services of a trace, the one first in whose spans most time was spent. */
function childServices(spans: Trace, service: string): readonly string[] {
  const times = new Map<string, number>()
  for (const [span, self] of selfTimes(spans)) {
    const name = serviceOf(span)
    if (name !== service && name !== '') times.set(name, (times.get(name) ?? 0) + self)
  }
  return [...times]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, MOST_SERVICES)
    .map(([name]) => name)
}
