import type { Change, Service } from '../api/shapes.ts'
import { figureOf, textOf } from '../format/numbers.ts'
import { age, clock } from '../format/times.ts'
import { servicePath } from '../shell/places.ts'
import { tracesOf } from './changes.ts'
import type { Part } from './part.ts'

/** What the verdict is made of. */
export interface Known {
  /** Worst first. */
  readonly services: readonly Service[]
  /** Oldest first. */
  readonly changes: readonly Change[]
  /** Instances of each service that run a version now. */
  readonly running: (service: string, version: string) => number
  /** Milliseconds since 1970. */
  readonly now: number
  /** The p95 that a service usually has, in seconds, if its p95 is not the usual one. */
  readonly usual: (service: string) => number | undefined
  /** The services that other services call. */
  readonly called: ReadonlySet<string>
  /** When the changes were, in words: `in the last 20 minutes`. */
  readonly length: string
}

/** A deployment is a possible cause of what begins within this time after it. */
const CAUSE_MS = 15 * 60_000
/** From this multiple on, a duration is said to have grown. */
const SLOWER = 2
const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']

/** Says how the services are, in a sentence or three: what is worst, what it does to users, and what changed before it began. */
export function verdictOf(known: Known): readonly Part[] {
  const { services, changes, length } = known
  const worst = services[0]
  if (worst === undefined)
    return [strong(`No service has sent anything in the day before ${clock(known.now)}.`)]
  if (worst.state === 'healthy') {
    const subject: Part[] =
      services.length === 1
        ? [serviceLink(worst), strong(' is healthy.')]
        : [strong(`All ${services.length} services are healthy.`)]
    const [count, plural] = [changes.length, changes.length === 1 ? '' : 's']
    return [...subject, count === 0 ? ` Nothing changed ${length}.` : ` ${count} change${plural} ${length}.`]
  }
  const culprit = culpritOf(known)
  return [...troubleOf(known, culprit), ...othersOf(services, culprit)]
}

/** The service to name: of those in the worst state, the one that was deployed just before, else the first of the list. */
function culpritOf({ services, changes }: Known): Service {
  const candidates = services.filter(({ state }) => state === services[0]?.state)
  const deployed = candidates.find(({ name }) => causeOf(changes, name) !== undefined)
  // `services` is not empty here, see verdictOf.
  return deployed ?? (candidates[0] as Service)
}

function troubleOf(known: Known, service: Service): readonly Part[] {
  const { changes, running, now } = known
  const { name, state, reason } = service
  const began = beginOf(changes, name)
  const since = began === undefined ? '' : ` since ${clock(began, now)}`
  const effects = state === 'silent' ? [] : effectsOf(service, known)
  const cause = causeOf(changes, name)
  return [
    serviceLink(service),
    strong(` is ${state}`),
    `${since}.`,
    ...(effects.length > 0 ? [' ', ...effects, '.'] : reason === '' ? [] : [` ${reason}`]),
    ...(cause === undefined || began === undefined ? [] : causeParts(cause, began, running)),
  ]
}

/** What it does: the share of requests that fail, first where users come in, and how slow it is. */
function effectsOf({ name, requests }: Service, { changes, called, usual }: Known): Part[] {
  const bad = changes.filter(({ state }) => state === 'bad')
  const failing = bad.filter(({ kind }) => kind === 'errors')
  const entrance = failing.findLast(({ service }) => service !== name && !called.has(service))
  const own = failing.findLast(({ service }) => service === name)
  const failed = entrance ?? own
  const parts: Part[] = []
  if (failed !== undefined && (failed.after ?? 0) > 0) {
    const { route = '', method = '', service, after = 0 } = failed
    const text = textOf(after, 'ratio')
    const { path, params } = tracesOf(failed, '', ' status:5xx')
    const link = { as: 'bad', path, ...(params && { params }) } as const
    if (route === '') parts.push({ ...link, text: `${text} of the requests of ${service} fail` })
    else parts.push({ ...link, text: `${text} of ${`${method} ${route}`.trim()} fail` })
  } else if ((requests?.errorRatio ?? 0) > 0) {
    const text = `${textOf(requests?.errorRatio ?? 0, 'ratio')} of its requests fail`
    parts.push({ text, as: 'bad', path: servicePath(name) })
  }

  const slow = bad.findLast(({ kind, service }) => kind === 'latency' && service === name)
  const before = slow?.before ?? usual(name) ?? 0
  const after = slow?.after ?? requests?.p95 ?? 0
  if (before > 0 && after >= SLOWER * before) {
    const { path, params } = tracesOf(slow ?? { service: name }, '')
    if (parts.length > 0) parts.push(' and ')
    parts.push({ text: `its p95 is ${textOf(after, 's')}`, as: 'bad', path, ...(params && { params }) })
    parts.push(`, ${figureOf(after / before, 'int').figure} times normal`)
  }
  const [first] = parts
  // A sentence does not begin with a small letter.
  if (typeof first === 'object') parts[0] = { ...first, text: first.text.replace(/^its/, 'Its') }
  return parts
}

/** When the trouble of a service began: the first of its changes for the worse. */
function beginOf(changes: readonly Change[], name: string): number | undefined {
  const first = changes.find(({ service, state }) => service === name && state === 'bad')
  return first === undefined ? undefined : first.time
}

/** The version that was deployed just before the trouble began. */
function causeOf(changes: readonly Change[], name: string): Change | undefined {
  const began = beginOf(changes, name)
  if (began === undefined) return undefined
  return changes.findLast(
    (change) =>
      change.kind === 'version' &&
      change.service === name &&
      change.time <= began &&
      began - change.time <= CAUSE_MS,
  )
}

function causeParts(cause: Change, began: number, running: Known['running']): readonly Part[] {
  const { service, version = '', instances = [] } = cause
  const gap = began - cause.time
  const total = running(service, '')
  const count = Math.max(running(service, version), Math.min(instances.length, total))
  const where = total > 1 && count > 0 ? ` went to ${count} of ${total} instances.` : ' was deployed.'
  const after = gap < 1_000 ? 'as' : `${age(gap).replace('min', gap < 120_000 ? 'minute' : 'minutes')} after`
  return [
    ` It began ${after} `,
    { text: `${service} ${version}`, as: 'link', path: servicePath(service) },
    where,
  ]
}

/** How many other services are no better. */
function othersOf(services: readonly Service[], named: Service): readonly Part[] {
  const [first, ...more] = services.filter(({ state, name }) => state === named.state && name !== named.name)
  if (first === undefined) return []
  if (more.length === 0) return [' ', { ...serviceLink(first), as: 'name' }, ` is ${named.state} as well.`]
  const word = NUMBERS[more.length + 1] ?? String(more.length + 1)
  return [` ${word[0]?.toUpperCase()}${word.slice(1)} more services are ${named.state} as well.`]
}

const strong = (text: string) => ({ text, as: 'strong' }) as const
const serviceLink = ({ name }: Service) => ({ text: name, as: 'strong', path: servicePath(name) }) as const
