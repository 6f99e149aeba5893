import { parseSelector } from '@sightline/promql'

import type { StoredAttributes, StoredValue } from '../store/events.ts'
import { jobOf } from '../store/job.ts'
import type { Condition, TimeRange } from '../store/search.ts'
import { jobsAt } from './services/instances.ts'
import { quote } from './services/vectors.ts'
import type { TaskContext } from './tasks/task.ts'
import { type Json, jsonValue } from './views/json.ts'

/** A text that someone has pasted or typed, and the range of time of the events that it may be in. */
export interface FindTask extends TimeRange {
  readonly text: string
}

/** Results of one kind, and of all. */
const OF_KIND = 5
const RESULTS = 20
/** Longest text of a result. */
const LONGEST = 500
const REQUEST_ID = /request[._-]?id|^x-request-id$|^reqid$/i
const ROUTE_LABELS = ['http_route', 'route'] as const

type Result = Readonly<Record<string, Json>> & { readonly kind: string; readonly title: string }

/**
 * What a text may mean: a trace or span by its id, a request or another thing by a value of an attribute, a service, a route, or a type of
 * error by a part of its name. Exact ids come first.
 */
export async function findView(context: TaskContext, task: FindTask): Promise<Json> {
  const text = task.text.trim()
  const deadline = performance.now() + context.timeMs
  const results: Result[] = []
  for (const find of [byTraceId, bySpanId, byName, byRoute, byError, byLogs, bySpans]) {
    if (context.signal.aborted || performance.now() > deadline || results.length >= RESULTS) break
    const timeMs = Math.max(1, (deadline - performance.now()) / 2)
    results.push(...(await find({ ...context, timeMs }, { ...task, text })))
  }
  return { results: results.slice(0, RESULTS), complete: performance.now() <= deadline }
}

async function byTraceId({ reader }: TaskContext, { text }: FindTask): Promise<Result[]> {
  if (!/^[\da-f]{32}$/i.test(text)) return []
  const traceId = text.toLowerCase()
  const spans = await reader.trace(traceId)
  const root = spans.find(({ parentSpanId }) => parentSpanId === '') ?? spans[0]
  if (root === undefined) return []
  const service = jobOf(root.resource.attributes)
  return [{ kind: 'trace', title: root.name, detail: `${spans.length} spans`, service, traceId }]
}

async function bySpanId({ reader, timeMs }: TaskContext, { text, from, to }: FindTask): Promise<Result[]> {
  if (!/^[\da-f]{16}$/i.test(text)) return []
  const where: Condition = { kind: 'field', field: 'span', is: '=', value: text.toLowerCase() }
  const { items } = await reader.traces({ where, from, to, timeMs, limit: 1, order: 'newest' })
  return items.map(({ traceId, match }) => ({
    kind: 'span',
    title: match.name,
    detail: '',
    service: match.service,
    traceId,
    spanId: match.spanId,
  }))
}

async function byName(context: TaskContext, { text, to }: FindTask): Promise<Result[]> {
  const jobs = await jobsAt(context, Number(to / 1_000_000n))
  return jobs
    .filter((job) => includes(job, text))
    .slice(0, OF_KIND)
    .map((job) => ({ kind: 'service', title: job, detail: '', service: job }))
}

async function byRoute({ reader, signal }: TaskContext, { text, from, to }: FindTask): Promise<Result[]> {
  const pattern = `(?i).*${text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')}.*`
  const [start, end] = [Number(from / 1_000_000n), Number(to / 1_000_000n)]
  const names = 'http_server_request_duration_seconds_count|http_requests_total'
  const found = await reader.series(
    ROUTE_LABELS.map((label) => ({
      matchers: parseSelector(`{__name__=~"${names}", ${label}=~${quote(pattern)}}`),
      start,
      end,
      signal,
    })),
  )
  const routes = new Map<string, Result>()
  for (const labels of found) {
    const route = labels['http_route'] ?? labels['route'] ?? ''
    const method = labels['http_request_method'] ?? labels['method'] ?? ''
    const service = labels['job'] ?? ''
    const title = method === '' ? route : `${method} ${route}`
    routes.set(`${service} ${title}`, { kind: 'route', title, detail: service, service, route, method })
  }
  return [...routes.values()].slice(0, OF_KIND)
}

async function byError({ reader, timeMs }: TaskContext, { text, from, to }: FindTask): Promise<Result[]> {
  const { items } = await reader.errors({ from, to, timeMs, limit: 1_000 })
  return items
    .filter(({ type, message, fingerprint }) =>
      [type, message, fingerprint].some((each) => includes(each, text)),
    )
    .slice(0, OF_KIND)
    .map(({ type, message, fingerprint, services }) => ({
      kind: 'error',
      title: type,
      detail: message,
      service: services[0] ?? '',
      fingerprint,
    }))
}

/** The newest log records with the text, by the attribute that has it. */
async function byLogs({ reader, timeMs }: TaskContext, { text, from, to }: FindTask): Promise<Result[]> {
  const where: Condition = { kind: 'text', text, phrase: true }
  const { items } = await reader.logs({ where, from, to, timeMs, limit: OF_KIND })
  return items.map((log) => {
    const field = fieldOf(log.attributes, text)
    return {
      ...foundIn(field, text),
      ...(field === undefined && { kind: 'log', title: shortText(log.body) }),
      detail: field === undefined ? '' : shortText(log.body),
      service: jobOf(log.resource.attributes),
      cursor: log.cursor,
      time: log.time.toString(),
      ...(log.traceId !== '' && { traceId: log.traceId, spanId: log.spanId }),
    }
  })
}

/** The newest traces with the text. */
async function bySpans({ reader, timeMs }: TaskContext, { text, from, to }: FindTask): Promise<Result[]> {
  const where: Condition = { kind: 'text', text, phrase: true }
  const { items } = await reader.traces({ where, from, to, timeMs, limit: OF_KIND, order: 'newest' })
  const results: Result[] = []
  for (const { traceId, match, root, start } of items) {
    const spans = await reader.trace(traceId)
    const span = spans.find(({ spanId }) => spanId === match.spanId)
    const field = span && fieldOf(span.attributes, text)
    results.push({
      ...foundIn(field, text),
      ...(field === undefined && { kind: 'trace', title: root.name }),
      detail: match.name,
      service: match.service,
      traceId,
      spanId: match.spanId,
      time: start.toString(),
    })
  }
  return results
}

/** A thing that is known by a value of an attribute. */
function foundIn(
  field: string | undefined,
  value: string,
): { kind: string; title: string; field?: string; value?: string } {
  if (field === undefined) return { kind: 'log', title: value }
  return { kind: REQUEST_ID.test(field) ? 'request' : 'attribute', title: `${field} ${value}`, field, value }
}

function fieldOf(attributes: StoredAttributes, text: string): string | undefined {
  const wanted = text.toLowerCase()
  return Object.keys(attributes).find((key) => shortText(attributes[key] ?? null).toLowerCase() === wanted)
}

/** A value as text, JSON for lists and objects. */
function shortText(value: StoredValue): string {
  const plain = jsonValue(value)
  return (typeof plain === 'string' ? plain : JSON.stringify(plain)).slice(0, LONGEST)
}

function includes(name: string, part: string): boolean {
  return name.toLowerCase().includes(part.toLowerCase())
}
