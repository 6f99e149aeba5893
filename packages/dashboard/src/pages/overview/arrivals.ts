import type { Reading } from '../../api/series.ts'
import { grouped } from '../../format/numbers.ts'

/** The line that connects a service, by framework: the import, and the call. */
export const ONE_LINERS = [
  [
    'Fastify',
    `import sightline from '@sightline/fastify'`,
    `await app.register(sightline, { service: 'shop' })`,
  ],
  ['Express', `import { sightline } from '@sightline/express'`, `app.use(sightline({ service: 'shop' }))`],
  ['Koa', `import { sightline } from '@sightline/koa'`, `app.use(sightline({ service: 'shop' }))`],
] as const

/** What is received, as the hub's own series name it. */
export const SIGNALS = [
  ['traces', 'Traces'],
  ['metrics', 'Metrics'],
  ['logs', 'Logs'],
] as const

/** What has arrived of a signal, from the hub's own series. */
export function received(
  signal: string,
  readings: readonly Reading[],
): { readonly requests: number; readonly sentence: string; readonly isRefused: boolean } {
  const of = (name: RegExp) =>
    readings.filter(({ labels }) => labels['signal'] === signal && name.test(labels['__name__'] ?? ''))
  const requests = sumOf(of(/^hub_received_requests/))
  const refused = of(/^hub_refused_(?:requests|samples)/).filter(({ value }) => value > 0)
  const rejected = sumOf(of(/^hub_rejected_items/))
  const came =
    requests === 0
      ? 'none received'
      : `${grouped(requests)} ${requests === 1 ? 'request' : 'requests'} received`
  const reasons = [
    ...new Set(refused.map(({ labels }) => (labels['reason'] ?? '').replaceAll('_', ' '))),
  ].filter((reason) => reason !== '')
  const why = reasons.length === 0 ? '' : `: ${reasons.join(', ')}`
  const gone = refused.length === 0 ? 'none refused' : `${grouped(sumOf(refused))} refused${why}`
  const invalid = rejected === 0 ? '' : `, ${grouped(rejected)} invalid items`
  return { requests, sentence: `${came}, ${gone}${invalid}`, isRefused: refused.length > 0 || rejected > 0 }
}

const sumOf = (readings: readonly Reading[]) => readings.reduce((sum, { value }) => sum + value, 0)
