import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'

import type { Exchange, Observation } from '@sightline/core'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Fastify numbers requests `req-1`, `req-2`, … where the application has no ids of its own. */
const FASTIFY_ID = /^req-[0-9a-z]+$/

/** An id that the application has given to a request; `undefined`: it is one of Fastify's numbers. */
export function ownId(id: string): string | undefined {
  return FASTIFY_ID.test(id) ? undefined : id
}

/** What `@fastify/otel` decorates requests with. */
interface TracedByFastifyOtel {
  readonly opentelemetry?: () => { readonly span: unknown }
}

/** A request that Fastify has taken. A class, because an object with a closure for each answer is four times as large. */
export class FastifyExchange implements Exchange {
  readonly #request: FastifyRequest
  readonly #reply: FastifyReply

  constructor(request: FastifyRequest, reply: FastifyReply) {
    this.#request = request
    this.#reply = reply
  }

  get req(): IncomingMessage {
    return this.#request.raw
  }

  get res(): ServerResponse {
    return this.#reply.raw
  }

  /** As it came: `rewriteUrl` changes that of node's request. */
  get target(): string {
    return this.#request.originalUrl
  }

  get id(): string | undefined {
    return ownId(this.#request.id)
  }

  echo(id: string): void {
    this.#reply.header('x-request-id', id)
  }

  route(): string | undefined {
    return this.#request.routeOptions.url
  }

  clientIp(): string {
    return this.#request.ip
  }

  log(): unknown {
    return this.#request.log
  }

  span(): unknown {
    return (this.#request as TracedByFastifyOtel).opentelemetry?.().span
  }
}

/** A request before Fastify has looked at it. */
export class UnroutedExchange implements Exchange {
  readonly req: IncomingMessage | Http2ServerRequest
  readonly res: ServerResponse | Http2ServerResponse
  /** As it came. */
  readonly target: string
  /** What the application has named it. */
  id: unknown
  /** Where it is observed from its arrival on. */
  observation: Observation | undefined = undefined

  constructor(
    req: IncomingMessage | Http2ServerRequest,
    res: ServerResponse | Http2ServerResponse,
    id: unknown,
  ) {
    this.req = req
    this.res = res
    this.target = req.url ?? ''
    this.id = id
  }

  /** The reply will. */
  echo(): void {}

  route(): undefined {
    return undefined
  }

  clientIp(): string | undefined {
    return this.req.socket.remoteAddress
  }
}
