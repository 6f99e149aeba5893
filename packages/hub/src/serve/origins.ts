import { isIP, isIPv4 } from 'node:net'
import { hostname } from 'node:os'

/** The names under which browsers and clients may address the hub. */
export interface HostRules {
  /** Whether a `Host` header names this hub. */
  allowsHost(header: string | undefined): boolean
  /** Whether a page of this origin may send a request to this `Host`. */
  allowsOrigin(origin: string, host: string | undefined): boolean
}

export interface HostOptions {
  /** The address or name to listen on. */
  readonly host: string
  /** Further names, such as the one of a reverse proxy or a Compose service. */
  readonly hosts: readonly string[]
}

const HOST = /^(?<name>\[[0-9a-f:.]{2,45}\]|[^:[\]/@\s]{1,253})(?::\d{1,5})?$/i

/** Whether an address or name can only be reached from this machine. `host` is without port. */
export function isLoopback(host: string): boolean {
  const name = bare(host)
  if (isIPv4(name)) return name.startsWith('127.')
  return name === '::1' || name === 'localhost' || name.endsWith('.localhost')
}

/**
 * Creates the rules against DNS rebinding: a foreign page that makes its own name resolve to the hub's address sends
 * its own name in `Host`. An IP address in `Host` cannot come from a rebound name. It is allowed where the hub listens
 * on more than loopback, since port mappings and address translation hide the address that clients use.
 */
export function createHostRules({ host, hosts }: HostOptions): HostRules {
  const names = new Set([host, ...hosts].map(bare))
  const isLocal = isLoopback(host)
  if (!isLocal) names.add(bare(hostname()))

  return {
    allowsHost(header) {
      const name = bare(HOST.exec(header ?? '')?.groups?.name ?? '')
      if (name === '') return false
      return names.has(name) || isLoopback(name) || (!isLocal && isIP(name) !== 0)
    },
    allowsOrigin(origin, header) {
      const [, authority] = /^https?:\/\/(.+)$/i.exec(origin) ?? []
      return authority !== undefined && authority.toLowerCase() === header?.toLowerCase()
    },
  }
}

/** A host in lower case, without brackets and without the dot of a fully qualified name. */
function bare(host: string): string {
  return host.toLowerCase().replace(/^\[|\]$|\.$/g, '')
}
