import type { Reading } from '../../api/series.ts'
import type { Dependency } from '../../api/shapes.ts'
import { type Peer, peerOf } from '../../sentences/peer.ts'

/** What all services together call that is no service. */
export interface Called extends Peer {
  readonly server: string
  readonly clients: readonly string[]
  readonly rate: number
  readonly errorRatio: number | null
  readonly p95: number | null
}

/** Sums up the calls to each thing that is no service, the most failures first, then the most calls. */
export function calledOf(
  dependencies: readonly Dependency[],
  services: ReadonlySet<string>,
): readonly Called[] {
  const all = new Map<string, Dependency[]>()
  for (const each of dependencies)
    if (!services.has(each.server)) all.set(each.server, [...(all.get(each.server) ?? []), each])
  return [...all]
    .map(([server, calls]): Called => {
      const rate = calls.reduce((sum, call) => sum + call.rate, 0)
      const errors = calls.reduce((sum, call) => sum + call.errors, 0)
      const slowest = Math.max(...calls.map((call) => call.p95 ?? -1))
      return {
        ...peerOf(server),
        server,
        clients: calls.map(({ client }) => client),
        rate,
        errorRatio: rate > 0 ? errors / rate : null,
        p95: slowest < 0 ? null : slowest,
      }
    })
    .toSorted((a, b) => (b.errorRatio ?? 0) - (a.errorRatio ?? 0) || b.rate - a.rate)
}

/** Who calls: `PostgreSQL, from payments`, `from all three`. */
export function callersText({ system, clients }: Called, services: number): string {
  const [first = '', second = ''] = clients
  const who =
    clients.length === 1
      ? first
      : clients.length === services
        ? `all ${clients.length}`
        : clients.length === 2
          ? `${first} and ${second}`
          : `${clients.length} services`
  return [system, `from ${who}`].filter((part) => part !== '').join(', ')
}

/** Requests that wait for a connection of a pool, and connections that pools have, by the service. */
export interface Pools {
  readonly waiting: ReadonlyMap<string, number>
  readonly used: ReadonlyMap<string, number>
  readonly max: ReadonlyMap<string, number>
}

/** The expression for the pools of all services: the label `what` tells the figures apart. */
export const POOL_QUERY = [
  ['waiting', 'sum by (job) (db_client_connection_pending_requests)'],
  ['used', 'sum by (job) (db_client_connection_count{db_client_connection_state="used"})'],
  ['max', 'sum by (job) (db_client_connection_max)'],
]
  .map(([what, query]) => `label_replace(${query}, "what", "${what}", "", "")`)
  .join(' or ')

/** Reads the answer to `POOL_QUERY`. */
export function poolsOf(readings: readonly Reading[]): Pools {
  const by = (what: string) =>
    new Map(
      readings
        .filter(({ labels }) => labels['what'] === what)
        .map(({ labels, value }) => [labels['job'] ?? '', value]),
    )
  return { waiting: by('waiting'), used: by('used'), max: by('max') }
}

/** What the pools of the callers of a database say. */
export function poolText(
  { isDatabase, clients }: Called,
  { waiting, used, max }: Pools,
): { text: string; isBad: boolean } {
  const sum = (values: ReadonlyMap<string, number>) =>
    clients.reduce((all, client) => all + (values.get(client) ?? 0), 0)
  if (!isDatabase || sum(max) === 0) return { text: '', isBad: false }
  const count = Math.round(sum(waiting))
  const noun = count === 1 ? 'request waits' : 'requests wait'
  return count > 0
    ? { text: `${count} ${noun} for ${sum(max)} connections`, isBad: true }
    : { text: `${Math.round(sum(used))} of ${sum(max)} connections in use`, isBad: false }
}
