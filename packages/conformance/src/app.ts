import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'

import type { Logger, Sightline, SightlineOptions } from '@sightline/core'

/** An application in words that all frameworks have: what an adapter's test builds with its framework. */
export interface App {
  readonly routes: readonly Route[]
  /** Runs before all routes, as authentication does. Answers, or lets the request through. */
  readonly guard?: ((req: IncomingMessage) => Answer | undefined) | undefined
  /** One that is shared, or options by which the adapter makes its own. Absent: the bare twin, built without the kit. */
  readonly sightline?: Sightline | SightlineOptions | undefined
  /** How often the kit is registered. */
  readonly times?: number | undefined
  /**
   * Whether requests have getters of the application's own under the names that the kit gives them, put there by the
   * framework's own way. Each returns `own`.
   */
  readonly getters?: boolean | undefined
}

export interface Route {
  /** `ALL`: the framework's word for all methods. */
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'ALL'
  /** With `:name` for a parameter and the adapter's own wildcard. */
  readonly pattern: string
  /** Where the router that holds the route is mounted. */
  readonly prefix?: string
  /** The handler answers through `res` alone: the framework is told to leave the response to it. */
  readonly raw?: boolean
  readonly handler: (request: Request) => Answer | undefined | Promise<Answer | undefined>
}

/** What a handler gets, by its framework's idioms. */
export interface Request {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly params: Readonly<Record<string, string | undefined>>
  /** The body as a JSON parser has read it, where there is one. */
  readonly body: unknown
  /** The request's id; whatever there is in the bare twin. */
  readonly id: string
  /** The request's logger. The bare twin has none: nothing that a handler logs may depend on it. */
  readonly log: Logger
}

/** What a handler wants answered, by the framework's own way to do so. */
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

/** What an adapter's test supplies. */
export interface Adapter {
  readonly name: string
  /** The module that exports it as `adapter`: what concerns the end of a process is tried in processes of their own. */
  readonly module: string
  /** Builds the application with the framework and listens on a free port of 127.0.0.1. */
  serve(app: App): Promise<Served>
  /** The framework's word for "the rest of the path", such as `*` or `*path`. */
  readonly wildcard: string
  /** When the route of a request is known: before what runs ahead of all routes, or no sooner than in the handler. */
  readonly routeIsKnown: 'from the start' | 'in the handler'
  /** Assertions, by their titles, that cannot hold for this framework, and why. */
  readonly deviations?: Readonly<Record<string, string>>
}
