import { isIP } from 'node:net'

/**
 * The hosts that receive a request's ids and baggage: `'private'` hosts, `'all'`, `'none'`, or a list in
 * addition to the private ones. A string in the list is a host. With a leading dot it also matches all
 * subdomains.
 */
export type PropagateTo = 'private' | 'all' | 'none' | ReadonlyArray<string | RegExp>

/** Loopback, link-local, private and shared addresses: RFC 1918, 3927, 4193, 4291, 6598. */
const PRIVATE_ADDRESSES =
  /^(?:127\.|10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|::1$|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/i

/** Names outside the public DNS: RFC 6761, 6762, 9476, and Kubernetes service names. */
const PRIVATE_NAMES = /(?:^localhost|\.localhost|\.local|\.internal|\.svc|\.test|\.lan|\.home\.arpa)$/i

/** Creates the test for a process. By default, services of third parties receive no ids. */
export function hostRules(to: PropagateTo): (host: string) => boolean {
  if (to === 'all') return () => true
  if (to === 'none') return () => false
  if (to === 'private') return isPrivate
  return (host) => to.some((rule) => fits(rule, host)) || isPrivate(host)
}

function isPrivate(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '')
  if (isIP(name) !== 0) return PRIVATE_ADDRESSES.test(name.replace(/^::ffff:/i, ''))
  // A name without a dot is local: `postgres`, `payments`.
  return !name.includes('.') || PRIVATE_NAMES.test(name)
}

function fits(rule: string | RegExp, host: string): boolean {
  // `search` ignores `lastIndex`, which a pattern with the flag `g` keeps.
  if (typeof rule !== 'string') return host.search(rule) >= 0
  const wanted = rule.toLowerCase()
  const name = host.toLowerCase()
  return wanted.startsWith('.') ? name.endsWith(wanted) || name === wanted.slice(1) : name === wanted
}
