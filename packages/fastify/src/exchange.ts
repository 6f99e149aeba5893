import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'

import type { Exchange, Observation } from '@sightline/core'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Fastify's default ids: `req-1`, `req-2`, … */
const FASTIFY_ID = /^req-[0-9a-z]+$/

/** An id that the application has given to a request. `undefined`: it is one of Fastify's numbers. */
export function ownId(id: string): string | undefined {
  return FASTIFY_ID.test(id) ? undefined : id
}

/** The decoration of requests by `@fastify/otel`. */
interface TracedByFastifyOtel {
  readonly opentelemetry?: () => { readonly span: unknown }
}

/** A request in Fastify's hands. A class, because an object with a closure per method takes four times the memory. */
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

  /** The original target. `rewriteUrl` changes the one of node's request. */
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

/** A request before Fastify has processed it. */
export class UnroutedExchange implements Exchange {
  readonly req: IncomingMessage | Http2ServerRequest
  readonly res: ServerResponse | Http2ServerResponse
  /** The original target. */
  readonly target: string
  /** The id from the application. */
  id: unknown
  /** Set if the request is observed from its arrival. */
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

  /** The Fastify reply sets the header later. */
  echo(): void {}

  route(): undefined {
    return undefined
  }

  clientIp(): string | undefined {
    return this.req.socket.remoteAddress
  }
}
