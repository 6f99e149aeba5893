import type { IncomingMessage, ServerResponse } from 'node:http'

import type { HostRules } from '../serve/origins.ts'

/** Which pages may send telemetry. */
export interface Cors {
  /**
   * Sets the headers of an answer to a page.
   *
   * @returns whether the origin is allowed; requests without `Origin` are
   */
  allow(req: IncomingMessage, res: ServerResponse): boolean
  /** Answers a preflight request of an allowed origin. */
  preflight(req: IncomingMessage, res: ServerResponse): void
}

const PREFLIGHT_SECONDS = '7200'
const HEADER_NAMES = /^[\w,\s-]{1,1000}$/

/** @param origins Origins such as `https://shop.example`; `*` for all of them */
export function createCors(origins: readonly string[], hostRules: HostRules): Cors {
  const allowed = new Set(origins.map((origin) => origin.toLowerCase().replace(/\/$/, '')))
  const isListed = (origin: string) => allowed.has('*') || allowed.has(origin.toLowerCase())
  return {
    allow(req, res) {
      const { origin, host } = req.headers
      if (origin === undefined) return true
      if (hostRules.allowsOrigin(origin, host)) return true
      if (!isListed(origin)) return false
      res.setHeader('access-control-allow-origin', origin)
      res.setHeader('access-control-expose-headers', 'retry-after')
      res.setHeader('cross-origin-resource-policy', 'cross-origin')
      res.setHeader('vary', 'origin')
      return true
    },
    preflight(req, res) {
      const asked = req.headers['access-control-request-headers'] ?? ''
      res.writeHead(204, {
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': HEADER_NAMES.test(asked)
          ? asked
          : 'content-type, content-encoding, authorization',
        'access-control-max-age': PREFLIGHT_SECONDS,
      })
      res.end()
    },
  }
}
