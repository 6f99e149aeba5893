import { randomUUID } from 'node:crypto'

import type { FastifyInstance, FastifyRequest } from 'fastify'

import { telemetry } from './telemetry.ts'
import type { Visitors } from './visitors.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks. `null`: somebody who has not shown the cookie yet. */
    visitor: string | null
  }
}

const COOKIE = /(?:^|;\s*)visitor=([0-9a-f-]{36})(?:;|$)/

/** Tells visitors apart by a cookie. Who never sends it back, as scanners do not, never counts as a visitor. */
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
