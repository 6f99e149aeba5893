import { Refusal } from '../ingest/refusal.ts'

/** Limits of the bodies that are being received or wait to be stored, in bytes. */
export interface AdmissionLimits {
  /** Of all clients. Default: 128 MiB. */
  readonly totalBytes?: number
  /** Of one client address. Default: 96 MiB. */
  readonly clientBytes?: number
}

/** The memory of one request. */
interface Lease {
  /** Counts further bytes. Returns the refusal where a limit is reached. */
  grow(bytes: number): Refusal | undefined
  /** Ends the lease. Further calls do nothing. */
  release(): void
}

/** Counts the bytes in flight, and refuses what exceeds the limits. */
export interface Admission {
  open(client: string): Lease
  readonly bytes: number
  readonly requests: number
}

const MIB = 1_048_576
const RETRY_AFTER = 1

export function createAdmission({
  totalBytes = 128 * MIB,
  clientBytes = 96 * MIB,
}: AdmissionLimits = {}): Admission {
  const clients = new Map<string, number>()
  let total = 0
  let requests = 0

  function count(client: string, bytes: number): void {
    total += bytes
    const own = (clients.get(client) ?? 0) + bytes
    if (own > 0) clients.set(client, own)
    else clients.delete(client)
  }

  return {
    get bytes() {
      return total
    },
    get requests() {
      return requests
    },
    open(client) {
      let held = 0
      let isOpen = true
      requests++
      return {
        grow(bytes) {
          if ((clients.get(client) ?? 0) + bytes > clientBytes) return overload(429)
          if (total + bytes > totalBytes) return overload(503)
          held += bytes
          count(client, bytes)
          return undefined
        },
        release() {
          if (!isOpen) return
          isOpen = false
          requests--
          count(client, -held)
        },
      }
    },
  }
}

function overload(status: 429 | 503): Refusal {
  const who = status === 429 ? 'This client has' : 'All clients together have'
  const reason = status === 429 ? 'client_overload' : 'overload'
  return new Refusal({ status, reason, message: `${who} too much data in flight.`, retryAfter: RETRY_AFTER })
}
