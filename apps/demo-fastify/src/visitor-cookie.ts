import { randomUUID } from 'node:crypto'

import type { FastifyInstance, FastifyRequest } from 'fastify'

import { telemetry } from './telemetry.ts'
import type { Visitors } from './visitors.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The visitor of the request. `null` before the cookie is returned. */
    visitor: string | null
  }
}

const COOKIE = /(?:^|;\s*)visitor=([0-9a-f-]{36})(?:;|$)/

/**
 * Distinguishes visitors by a cookie. Clients that never return it, such as scanners, do not count as
 * visitors.
 */
export function recogniseVisitors(app: FastifyInstance, visitors: Visitors): void {
  app.decorateRequest('visitor', null)
  app.addHook('onRequest', async (request, reply) => {
    request.visitor = visitorOf(request)
    if (request.visitor === null) {
      reply.header('set-cookie', `visitor=${randomUUID()}; Path=/; HttpOnly; SameSite=Lax`)
    } else {
      visitors.saw(request.visitor)
      telemetry.context.set({ visitor: request.visitor })
    }
  })
}

function visitorOf({ headers }: FastifyRequest): string | null {
  return COOKIE.exec(headers.cookie ?? '')?.[1] ?? null
}
