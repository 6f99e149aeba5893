import type { StoredSpan } from '../../store/events.ts'
import { jobOf } from '../../store/job.ts'
import type { SpanComparison, SpanComparisonSearch } from '../../store/search.ts'
import type { TaskContext } from '../tasks/task.ts'
import type { Json } from '../views/json.ts'
import { entrySpans } from './entry-spans.ts'

/** A selection of spans, and those that it is compared with. */
export type ExplainTask = Omit<SpanComparisonSearch, 'timeMs'>

/** Attributes and values in the answer. */
const ATTRIBUTES = 12
const VALUES = 6
/** Least difference of a value's shares that is told. */
const LEAST = 0.05
/** What every span of a request has, or what says the same as another attribute. */
const UNTOLD = new Set(['span.kind', 'http.url', 'url.full', 'telemetry.sdk.version'])

interface Value {
  readonly value: string
  readonly inside: number
  readonly outside: number
}

/**
 * Compares the attribute values of selected requests with those of the others, and the calls within some of their traces (`calls`). An
 * attribute ranks by the share of the selection that would have to change for both sides to be alike.
 */
export async function explainView({ reader, timeMs }: TaskContext, task: ExplainTask): Promise<Json> {
  const deadline = performance.now() + timeMs
  const compare = (where: ExplainTask['where']) =>
    reader.compareSpans({ ...task, where, timeMs: Math.max(1, (deadline - performance.now()) / 2) })
  const entries = await compare(entrySpans(task.where))
  const found = entries.inside > 0 ? entries : await compare(task.where)
  const calls = await callsOf(found.samples, (id) =>
    performance.now() < deadline ? reader.trace(id) : Promise.resolve([]),
  )
  const ranked = found.attributes
    .filter(({ key }) => !UNTOLD.has(key))
    .map(({ key, values }) => explained(key, values, found))
  if (calls !== undefined) ranked.push(explained('calls', calls.values, calls))
  return {
    inside: found.inside,
    outside: found.outside,
    complete: found.complete,
    attributes: ranked
      .filter(({ score, values }) => score >= LEAST && values.length > 0)
      .toSorted((a, b) => b.score - a.score || (a.key < b.key ? -1 : 1))
      .slice(0, ATTRIBUTES)
      .map((each) => ({ ...each, values: each.values.map((value) => ({ ...value })) })),
  }
}

/** Ranks an attribute, and the values that are more frequent inside. */
export function explained(
  key: string,
  values: readonly Value[],
  { inside, outside }: Pick<SpanComparison, 'inside' | 'outside'>,
) {
  const shares = values.map((each) => ({
    ...each,
    insideShare: inside > 0 ? each.inside / inside : 0,
    outsideShare: outside > 0 ? each.outside / outside : 0,
  }))
  const more = shares.map(({ insideShare, outsideShare }) => Math.max(0, insideShare - outsideShare))
  // Of calls, a trace has several: the one that differs most counts.
  const score = key === 'calls' ? Math.max(0, ...more) : more.reduce((sum, each) => sum + each, 0)
  return {
    key,
    score: Math.min(1, score),
    values: shares
      // Most calls are in all traces, which says nothing.
      .filter(({ insideShare, outsideShare }) => key !== 'calls' || insideShare - outsideShare >= LEAST)
      .toSorted((a, b) => b.insideShare - b.outsideShare - (a.insideShare - a.outsideShare))
      .slice(0, VALUES),
  }
}

/** The traces of each side that have a call of a name. A name that is called 10 times or more counts apart. */
async function callsOf(
  samples: SpanComparison['samples'],
  traceOf: (id: string) => Promise<readonly StoredSpan[]>,
): Promise<{ inside: number; outside: number; values: readonly Value[] } | undefined> {
  const values = new Map<string, { inside: number; outside: number }>()
  async function add(ids: readonly string[], side: 'inside' | 'outside'): Promise<number> {
    let traces = 0
    for (const id of ids) {
      const spans = await traceOf(id)
      if (spans.length === 0) continue
      traces++
      for (const call of callNames(spans)) {
        const value = values.get(call) ?? { inside: 0, outside: 0 }
        value[side]++
        values.set(call, value)
      }
    }
    return traces
  }
  const inside = await add(samples.inside, 'inside')
  const outside = await add(samples.outside, 'outside')
  if (inside === 0 || outside === 0) return undefined
  return { inside, outside, values: [...values].map(([value, counts]) => ({ value, ...counts })) }
}

const MANY = 10

function callNames(spans: readonly StoredSpan[]): Iterable<string> {
  const counts = new Map<string, number>()
  for (const { name, resource } of spans) {
    const call = `${jobOf(resource.attributes)}: ${name}`
    counts.set(call, (counts.get(call) ?? 0) + 1)
  }
  return [...counts].map(([call, count]) => (count >= MANY ? `${call}, ${MANY} times or more` : call))
}
