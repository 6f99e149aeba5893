import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'

import type { Logger, Sightline, SightlineOptions } from '@sightline/core'

/** A framework-independent application. An adapter's test builds it with its framework. */
export interface App {
  readonly routes: readonly Route[]
  /** Runs before all routes, like authentication. Answers, or lets the request through. */
  readonly guard?: ((req: IncomingMessage) => Answer | undefined) | undefined
  /** A shared Sightline, or options for the adapter's own. Absent: the bare twin, without the kit. */
  readonly sightline?: Sightline | SightlineOptions | undefined
  /** How often the kit is registered. */
  readonly times?: number | undefined
  /**
   * Whether requests have application getters under the kit's names, defined the framework's own way. Each
   * returns `own`.
   */
  readonly getters?: boolean | undefined
}

export interface Route {
  /** `ALL`: the framework's word for all methods. */
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'ALL'
  /** With `:name` for a parameter and the adapter's own wildcard. */
  readonly pattern: string
  /** Mount path of the router with the route. */
  readonly prefix?: string
  /** The handler responds through `res` alone, and the framework leaves the response to it. */
  readonly raw?: boolean
  readonly handler: (request: Request) => Answer | undefined | Promise<Answer | undefined>
}

/** The request as a handler receives it, in the idioms of its framework. */
export interface Request {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly params: Readonly<Record<string, string | undefined>>
  /** The body from a JSON parser, if there is one. */
  readonly body: unknown
  /** The request id. Undefined content in the bare twin. */
  readonly id: string
  /** The request's logger. The bare twin has none: no handler's behaviour may depend on the log. */
  readonly log: Logger
}

/** The response of a handler, sent the framework's own way. */
export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer | Readable | Readonly<Record<string, unknown>>
}

/** An application that listens on 127.0.0.1. */
export interface Served {
  readonly server: Server
  close(): Promise<void>
}

/** The adapter under test. */
export interface Adapter {
  readonly name: string
  /**
   * The module that exports the adapter as `adapter`. Tests of the process's end run it in child processes.
   */
  readonly module: string
  /** Builds the application with the framework and listens on a free port of 127.0.0.1. */
  serve(app: App): Promise<Served>
  /** The framework's pattern for the rest of the path, such as `*` or `*path`. */
  readonly wildcard: string
  /**
   * When the route of a request is known: before code that runs ahead of all routes, or only in the handler.
   */
  readonly routeIsKnown: 'from the start' | 'in the handler'
  /** Titles of assertions that cannot hold for this framework, with the reason. */
  readonly deviations?: Readonly<Record<string, string>>
}
