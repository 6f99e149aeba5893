import { bucketOf, SECONDS } from '../deltas.ts'
import type { Call } from './service-graph.ts'

/** Calls from one client to one server. Counts are weighted. */
export interface CallSum {
  readonly client: string
  readonly server: string
  /** The part of the time, as `partOf` tells it. */
  readonly part: number
  count: number
  failed: number
  seconds: number
  /** For each of {@link SECONDS} and one more. Not cumulative. */
  readonly buckets: Float64Array
}

/** Sums up calls by parts of the time, so that series grow once for all calls of a batch. */
export class CallSums {
  readonly #parts = new Map<number, Map<string, Map<string, CallSum>>>()

  add({ client, server, seconds, failed, weight, part }: Call): void {
    const sum = this.#sumOf(part, client, server)
    sum.count += weight
    if (failed) sum.failed += weight
    sum.seconds += seconds * weight
    const bucket = bucketOf(seconds)
    sum.buckets[bucket] = (sum.buckets[bucket] ?? 0) + weight
  }

  /** The sums since the last time. */
  take(): CallSum[] {
    const sums = [...this.#parts.values()].flatMap((clients) =>
      [...clients.values()].flatMap((servers) => [...servers.values()]),
    )
    this.#parts.clear()
    return sums
  }

  #sumOf(part: number, client: string, server: string): CallSum {
    let clients = this.#parts.get(part)
    if (clients === undefined) this.#parts.set(part, (clients = new Map()))
    let servers = clients.get(client)
    if (servers === undefined) clients.set(client, (servers = new Map()))
    let sum = servers.get(server)
    if (sum === undefined) {
      const buckets = new Float64Array(SECONDS.length + 1)
      sum = { client, server, part, count: 0, failed: 0, seconds: 0, buckets }
      servers.set(server, sum)
    }
    return sum
  }
}
