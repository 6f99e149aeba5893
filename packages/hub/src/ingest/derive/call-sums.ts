import { bucketOf, SECONDS } from './deltas.ts'
import type { Call } from './service-graph.ts'

/** Calls from one client to one server. Counts are weighted. */
export interface CallSum {
  readonly client: string
  readonly server: string
  count: number
  failed: number
  seconds: number
  /** For each of {@link SECONDS} and one more. Not cumulative. */
  readonly buckets: Float64Array
}

/** Sums up calls, so that series grow once for all calls of a batch. */
export class CallSums {
  readonly #clients = new Map<string, Map<string, CallSum>>()

  add({ client, server, seconds, failed, weight }: Call): void {
    const sum = this.#sumOf(client, server)
    sum.count += weight
    if (failed) sum.failed += weight
    sum.seconds += seconds * weight
    const bucket = bucketOf(seconds)
    sum.buckets[bucket] = (sum.buckets[bucket] ?? 0) + weight
  }

  /** The sums since the last time. */
  take(): CallSum[] {
    const sums = [...this.#clients.values()].flatMap((servers) => [...servers.values()])
    this.#clients.clear()
    return sums
  }

  #sumOf(client: string, server: string): CallSum {
    let servers = this.#clients.get(client)
    if (servers === undefined) this.#clients.set(client, (servers = new Map()))
    let sum = servers.get(server)
    if (sum === undefined) {
      sum = { client, server, count: 0, failed: 0, seconds: 0, buckets: new Float64Array(SECONDS.length + 1) }
      servers.set(server, sum)
    }
    return sum
  }
}
