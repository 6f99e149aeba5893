import type { Found, Service } from '../api/shapes.ts'
import { fieldTerm } from '../search/field-term.ts'
import type { Changes } from '../state/address.ts'
import { PLACES, servicePath } from './places.ts'

/** A page with its parameters. */
interface Place {
  readonly path: string
  readonly params?: Changes
}

/** Something that can be opened or done. */
export interface Choice {
  readonly group: 'Pasted id' | 'Services' | 'Routes' | 'Errors' | 'Events' | 'Pages' | 'Do'
  readonly text: string
  readonly about: string
  readonly state: 'ok' | 'warn' | 'bad' | 'off' | 'note'
  /** Where it leads to, or what it does. */
  readonly to: Place | (() => void)
  /** Whether the typed text is its id. */
  readonly isExact?: boolean
}

/** Nanoseconds before and after an event that its page shows. */
const AROUND = 15n * 60n * 1_000_000_000n
const STATES = { failing: 'bad', degraded: 'warn', silent: 'off', healthy: 'ok' } as const

/** The pages whose names begin with a text. */
export function pagesFor(text: string): Choice[] {
  const begun = text.toLowerCase()
  return [...PLACES.map(([path, name]) => [path, name] as const), ['/hub', 'Hub'] as const]
    .filter(([, name]) => name.toLowerCase().startsWith(begun))
    .map(([path, name]) => ({ group: 'Pages', text: name, about: '', state: 'note', to: { path } }))
}

/** The actions with a text in their name. */
export function actionsFor(
  actions: ReadonlyArray<readonly [text: string, run: () => void]>,
  text: string,
): Choice[] {
  return actions
    .filter(([name]) => name.toLowerCase().includes(text.toLowerCase()))
    .map(([name, to]) => ({ group: 'Do', text: name, about: '', state: 'note', to }))
}

/** The services with a text in their name, in their order. */
export function servicesFor(services: readonly Service[], text: string): Choice[] {
  return services
    .filter(({ name }) => name.toLowerCase().includes(text.toLowerCase()))
    .slice(0, 5)
    .map(({ name, state, reason }) => ({
      group: 'Services',
      text: name,
      about: reason === '' ? state : `${state}. ${reason}`,
      state: STATES[state],
      to: { path: servicePath(name) },
    }))
}

/** What the hub found. Services are those of `servicesFor`. */
export function choicesOf(found: readonly Found[]): Choice[] {
  return found.flatMap((each): Choice[] => {
    const { kind, title, detail, service = '', traceId, spanId, fingerprint, route, field, value } = each
    const about = [...new Set([service, detail])].filter((part) => part !== '' && part !== title).join(', ')
    const base = { text: title, about, state: 'note' } as const
    if (kind === 'error' && fingerprint !== undefined)
      return [
        {
          ...base,
          group: 'Errors',
          state: 'bad',
          to: { path: `/errors/${encodeURIComponent(fingerprint)}` },
        },
      ]
    if (kind === 'route' && route !== undefined)
      return [
        { ...base, group: 'Routes', to: { path: '/traces', params: { q: routeSearch(service, route) } } },
      ]
    if (traceId !== undefined) {
      const isExact = kind === 'trace' || kind === 'span' || kind === 'request'
      const params = spanId === undefined ? {} : { params: { span: spanId } }
      return [
        {
          ...base,
          group: isExact ? 'Pasted id' : 'Events',
          to: { path: `/traces/${traceId}`, ...params },
          isExact,
        },
      ]
    }
    if (field !== undefined && value !== undefined)
      return [
        {
          ...base,
          group: 'Events',
          to: { path: '/logs', params: { q: fieldTerm(field, value), ...around(each) } },
        },
      ]
    if (kind === 'log')
      return [
        {
          ...base,
          group: 'Events',
          to: { path: '/logs', params: { open: each.cursor ?? null, ...around(each) } },
        },
      ]
    return []
  })
}

/** The search for the spans of a route of a service. */
export const routeSearch = (service: string, route: string): string =>
  [service === '' ? '' : fieldTerm('service', service), fieldTerm('route', route)].filter(Boolean).join(' ')

function around({ time }: Found): Changes {
  if (time === undefined || !/^\d{1,20}$/.test(time)) return {}
  const ms = (nanoseconds: bigint) => String(nanoseconds / 1_000_000n)
  return { r: null, from: ms(BigInt(time) - AROUND), to: ms(BigInt(time) + AROUND) }
}
