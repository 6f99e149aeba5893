import type { Change } from '../api/shapes.ts'
import { titleOf } from '../format/metrics.ts'
import { grouped, textOf } from '../format/numbers.ts'
import { fieldTerm } from '../search/field-term.ts'
import { routeSearch } from '../shell/find.ts'
import { servicePath } from '../shell/places.ts'
import type { Evidence, Part } from './part.ts'
import { peerOf } from './peer.ts'

/** What changed, as a sentence with its proof. */
export interface Told {
  readonly parts: readonly Part[]
  readonly to: Evidence
}

/** Tells a change. `undefined` for kinds that are not known. */
export function tell(change: Change): Told | undefined {
  const { kind, service, fingerprint = '', type = '', count = 0, before = 0, after = 0 } = change
  const [was, is] = [before, after]
  const name: Part = { text: service, as: 'name' }
  const page = { path: servicePath(service) }
  const group = { path: `/errors/${encodeURIComponent(fingerprint)}` }
  switch (kind) {
    case 'version':
      return {
        parts: versionParts(change),
        to: { ...page, text: change.replaced === undefined ? 'Service' : 'Compare versions' },
      }
    case 'latency': {
      const to = tracesOf(change, is > was ? 'Explain slow spans' : 'Traces')
      const now = strong(textOf(is, 's'), to)
      const verb = is > was ? 'rose' : 'fell'
      return { parts: ['p95 of ', ...subjectOf(change), ` ${verb} from ${textOf(was, 's')} to `, now], to }
    }
    case 'errors': {
      const to = tracesOf(change, is > was ? 'Failed traces' : 'Traces', is > was ? ' status:5xx' : '')
      const ratio = strong(textOf(is, 'ratio'), to)
      return { parts: [ratio, ' of ', ...subjectOf(change), ` fail, was ${textOf(was, 'ratio')}`], to }
    }
    case 'rate': {
      const to = { ...page, text: 'Service' }
      const verb = is > was ? 'rose' : 'fell'
      const now = strong(textOf(is, '/s'), to)
      return {
        parts: ['Requests of ', ...subjectOf(change), ` ${verb} from ${textOf(was, '/s')} to `, now],
        to,
      }
    }
    case 'calls':
      return callsOf(change)
    case 'error-new':
      return {
        parts: ['New error ', strong(type, group), ' in ', name, times(count)],
        to: { ...group, text: 'Error group' },
      }
    case 'error-regressed':
      return {
        parts: [strong(type, group), ' regressed in ', name, times(count)],
        to: { ...group, text: 'Error group' },
      }
    case 'ratio':
    case 'conversion': {
      const to = { path: '/business', text: 'Business' }
      const title = titleOf(change.name ?? 'ratio', `${change.name?.split('_')[0] ?? ''}_`)
      const verb = is > was ? 'rose' : 'fell'
      const now = strong(textOf(is, 'ratio'), to)
      return { parts: [{ text: title, as: 'name' }, ` ${verb} from ${textOf(was, 'ratio')} to `, now], to }
    }
    case 'instance-gone':
    case 'instance-new': {
      const [first = '', ...others] = change.instances ?? []
      const subject: Part[] =
        others.length === 0
          ? ['Instance ', { text: first, as: 'name' }, ' of ', name]
          : [`${others.length + 1} instances of `, name]
      const [one, more] = kind === 'instance-gone' ? ['is gone', 'are gone'] : ['is new', 'are new']
      return {
        parts: [...subject, ` ${others.length === 0 ? one : more}`],
        to: { ...page, text: 'Instances' },
      }
    }
    default:
      return undefined
  }
}

/** What became of a version: `payments 1.4.2 replaced 1.4.1 on payments-2`. */
function versionParts({ service, version = '', replaced, instances = [] }: Change): readonly Part[] {
  const [first = ''] = instances
  const where: Part[] =
    instances.length === 0
      ? []
      : instances.length === 1
        ? [' on ', { text: first, as: 'name' }]
        : [` on ${instances.length} instances`]
  const subject: Part[] = [
    { text: service, as: 'name' },
    ' ',
    strong(version, { path: servicePath(service) }),
  ]
  return replaced === undefined
    ? [...subject, ' began to run', ...where]
    : [...subject, ' replaced ', { text: replaced, as: 'name' }, ...where]
}

function callsOf(change: Change): Told {
  const { service, peer = '', before = 0, after = 0 } = change
  const to = tracesOf(change, 'Traces')
  const { name, isDatabase } = peerOf(peer)
  const what = isDatabase ? 'queries' : 'calls'
  const factor = before > 0 ? after / before : 0
  const rates = `: ${textOf(after, '/s')}, was ${textOf(before, '/s')}`
  const target: Part[] = [` ${what} to `, { text: name, as: 'name' }, rates]
  const subject: Part[] = [{ text: service, as: 'name' }, ' sends ']
  if (factor >= 1.5) {
    const many = factor >= 2.5 ? `${Math.round(factor)} times` : factor >= 1.75 ? 'twice' : 'half again'
    return { parts: [...subject, strong(many, to), ' as many', ...target], to }
  }
  return { parts: [...subject, after > before ? 'more' : 'fewer', ...target], to }
}

/** The route of a change, or its service. */
function subjectOf({ service, route, method }: Change): readonly Part[] {
  if (route === undefined || route === '') return [{ text: service, as: 'name' }]
  return [{ text: method === undefined || method === '' ? route : `${method} ${route}`, as: 'code' }]
}

/** The traces of a change: of its route, or of its service. */
export function tracesOf(
  { service, route = '' }: Pick<Change, 'service' | 'route'>,
  text: string,
  condition = '',
): Evidence {
  const q = route === '' ? fieldTerm('service', service) : routeSearch(service, route)
  return { text, path: '/traces', params: { q: q + condition } }
}

const strong = (text: string, { path, params }: Pick<Evidence, 'path' | 'params'>): Part => ({
  text,
  as: 'strong',
  path,
  ...(params !== undefined && { params }),
})

const times = (count: number): string =>
  count === 1 ? ', once' : count > 0 ? `, ${grouped(count)} times` : ''
