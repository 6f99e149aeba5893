import { isIP } from 'node:net'

/**
 * To which hosts a request's ids and baggage go: `'private'` to those that look like our own, `'all'`, `'none'`, or those
 * on a list beside the private ones. A text on the list is a host, with everything below it where it begins with a dot.
 */
export type PropagateTo = 'private' | 'all' | 'none' | ReadonlyArray<string | RegExp>

/** Loopback, link-local, private and shared addresses: RFC 1918, 3927, 4193, 4291, 6598. */
const PRIVATE_ADDRESSES =
  /^(?:127\.|10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|::1$|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/i

/** Names that no public registry has: RFC 6761, 6762, 9476, and what Kubernetes calls its services. */
const PRIVATE_NAMES = /(?:^localhost|\.localhost|\.local|\.internal|\.svc|\.test|\.lan|\.home\.arpa)$/i

/** Makes the test for one process. A third party's service learns nothing of us unless somebody wants it to. */
export function hostRules(to: PropagateTo): (host: string) => boolean {
  if (to === 'all') return () => true
  if (to === 'none') return () => false
  if (to === 'private') return isPrivate
  return (host) => to.some((rule) => fits(rule, host)) || isPrivate(host)
}

function isPrivate(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '')
  if (isIP(name) !== 0) return PRIVATE_ADDRESSES.test(name.replace(/^::ffff:/i, ''))
  // A name without a dot is one of this network: `postgres`, `payments`.
  return !name.includes('.') || PRIVATE_NAMES.test(name)
}

function fits(rule: string | RegExp, host: string): boolean {
  // A pattern with the flag `g` remembers where it was.
  if (typeof rule !== 'string') return host.search(rule) >= 0
  const wanted = rule.toLowerCase()
  const name = host.toLowerCase()
  return wanted.startsWith('.') ? name.endsWith(wanted) || name === wanted.slice(1) : name === wanted
}
