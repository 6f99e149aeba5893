import { textOf as textOfNumber } from '../format/numbers.ts'
import type { Model } from './model.ts'
import { areInTurn, rowsOf } from './rows.ts'
import { attribute, isWaiting, type Span, textOf } from './span.ts'

/** How traces of the same route usually are, as `/api/traces/<id>/usual` tells. */
export interface Usual extends ByVersion {
  readonly route: string
  /** The same traces by the versions of other services in them. */
  readonly children: readonly ByVersion[]
}

interface ByVersion {
  readonly service: string
  /** That of the trace itself. */
  readonly version: string
  readonly versions: ReadonlyArray<{
    readonly version: string
    readonly traces: number
    readonly p50: string
    readonly spans: ReadonlyArray<{
      readonly service: string
      readonly name: string
      readonly perTrace: number
    }>
  }>
}

/** A sentence about a trace: what is said first and strong, what follows, and the span that it is about. */
export interface Finding {
  readonly state: 'bad' | 'warn'
  readonly strong: string
  readonly rest: string
  /** The name of code, written in mono between both. */
  readonly code?: string
  readonly span: Span
}

/** Calls of one name from which on they are too many. */
const MANY = 10
/** Share of the trace that waiting takes, from which on it is told. */
const LONG_WAIT = 0.1
/** Seconds that an event loop is blocked, from which on it is told. */
const BLOCKED_S = 0.05

/** The longest delay of the event loop of a process around a trace, in seconds. */
export interface LoopDelay {
  readonly service: string
  readonly instance: string
  readonly seconds: number
}

/** What is worth saying of a trace: the failure that began it, repeated calls, long waiting, and blocked event loops. */
export function findingsOf(
  model: Model,
  usual: Usual | undefined,
  delays: readonly LoopDelay[] = [],
): Finding[] {
  return [failure(model), repeated(model, usual), waiting(model), blocked(model, delays)].filter(
    (each) => each !== undefined,
  )
}

/** The deepest failed span: others fail because of it. */
function failure({ nodes }: Model): Finding | undefined {
  const failed = [...nodes.values()].filter(
    ({ span, children }) => span.failed && !children.some((child) => child.span.failed),
  )
  const [cause] = failed.toSorted((a, b) => a.span.start - b.span.start)
  if (cause === undefined) return undefined
  const { span } = cause
  const exception = span.events.find(({ name }) => name === 'exception')
  const type =
    textOf(exception?.attributes['exception.type']) || attribute(span, 'error.type', 'exception.type')
  const message = textOf(exception?.attributes['exception.message']) || span.statusMessage
  if (type === '' && message === '') return undefined
  return {
    state: 'bad',
    strong: `${type || 'It failed'} in ${span.service}`,
    code: span.name,
    rest: message === '' ? '' : `: ${message.slice(0, 300)}`,
    span,
  }
}

function repeated({ tree, nodes }: Model, usual: Usual | undefined): Finding | undefined {
  const groups = rowsOf(tree, { turned: new Set(), least: 0 }).rows.filter(
    ({ spans }) => spans.length >= MANY,
  )
  const [worst] = groups.toSorted((a, b) => sumOf(b.spans) - sumOf(a.spans))
  if (worst === undefined) return undefined
  const { span, spans } = worst
  const isQuery = attribute(span, 'db.system.name', 'db.system') !== ''
  const parent = nodes.get(span.parentId)?.span
  return {
    state: 'warn',
    strong: `The same ${isQuery ? 'query' : 'call'} ran ${spans.length} times${areInTurn(spans) ? ', one after the other' : ''}`,
    ...(parent !== undefined && { code: parent.name }),
    rest: `, ${durationOf(sumOf(spans))} in all.${earlier(span, spans.length, usual)}`,
    span,
  }
}

/** ` Under 1.4.1 this route runs it once.` */
function earlier({ service, name }: Span, times: number, usual: Usual | undefined): string {
  const own = [usual, ...(usual?.children ?? [])].find((each) => each?.service === service) ?? usual
  const other = own?.versions.find((each) => {
    const calls = callsIn(each, service, name)
    return each.version !== own.version && each.version !== '' && calls < times / 2
  })
  if (other === undefined) return ''
  const calls = callsIn(other, service, name)
  const often =
    calls < 0.05 ? 'does not run it' : calls < 1.5 ? 'runs it once' : `runs it ${Math.round(calls)} times`
  return ` Under ${other.version} this route ${often}.`
}

function callsIn({ spans }: Usual['versions'][number], service: string, name: string): number {
  return spans.find((span) => span.service === service && span.name === name)?.perTrace ?? 0
}

function waiting({ trace, spent }: Model): Finding | undefined {
  const wait = spent.parts.find(({ span, ms }) => isWaiting(span) && ms >= trace.duration * LONG_WAIT)
  if (wait === undefined) return undefined
  const share = Math.round((wait.ms / trace.duration) * 100)
  return {
    state: 'warn',
    strong: `${durationOf(wait.ms)} were waiting`,
    rest: `, ${share} % of the time: ${wait.what} in ${wait.where}.`,
    span: wait.span,
  }
}

/** The process of the trace whose event loop was held longest, if that may have mattered. */
function blocked({ trace, root }: Model, delays: readonly LoopDelay[]): Finding | undefined {
  const least = Math.max(BLOCKED_S, (trace.duration / 1_000) * LONG_WAIT)
  const [worst] = delays
    .filter(
      ({ service, instance, seconds }) =>
        seconds >= least &&
        trace.spans.some((span) => span.service === service && span.instance === instance),
    )
    .toSorted((a, b) => b.seconds - a.seconds)
  if (worst === undefined) return undefined
  return {
    state: 'warn',
    strong: `The event loop of ${worst.instance || worst.service} was blocked`,
    rest: ` for up to ${textOfNumber(worst.seconds, 's')} around then.`,
    span:
      trace.spans.find(({ service, instance }) => service === worst.service && instance === worst.instance) ??
      root,
  }
}

const sumOf = (spans: readonly Span[]): number => spans.reduce((sum, { duration }) => sum + duration, 0)
const durationOf = (ms: number): string => textOfNumber(ms / 1_000, 's')
