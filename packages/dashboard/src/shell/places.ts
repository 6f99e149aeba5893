/** The pages of the rail, with the key that goes there after `g`. */
export const PLACES = [
  ['/', 'Overview', 'o'],
  ['/traces', 'Traces', 't'],
  ['/logs', 'Logs', 'l'],
  ['/errors', 'Errors', 'e'],
  ['/explore', 'Metrics', 'm'],
  ['/business', 'Business', 'b'],
  ['/map', 'Map', 'p'],
  ['/alerts', 'Alerts', 'a'],
] as const

/** The page of a service. */
export const servicePath = (name: string): string => `/services/${encodeURIComponent(name)}`

/** Whether a path is a page or a part of it. */
export const isAt = (path: string, page: string): boolean =>
  page === '/' ? path === '/' : path === page || path.startsWith(`${page}/`)
