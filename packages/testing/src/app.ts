import { createServer, type RequestListener, type Server } from 'node:http'
import { Server as TlsServer } from 'node:tls'

import type { Sightline } from '@sightline/core'

/** An application of Fastify, Express or Koa, a node server, or a request listener. */
export type App = FastifyApp | ExpressApp | KoaApp | Server | RequestListener

interface FastifyApp {
  readonly server: object
  ready(): PromiseLike<unknown>
  inject: unknown
}

interface ExpressApp {
  // Express declares its own types for node's objects and extends them.
  (req: never, res: never, ...rest: never[]): unknown
  readonly router: { readonly stack: unknown }
}

interface KoaApp {
  callback(): (req: never, res: never) => unknown
  readonly middleware: readonly unknown[]
}

/** The properties of an application under test. */
export interface KnownApp {
  /** The Sightline of the application, if it can be found. */
  readonly sightline: Sightline | undefined
  /** A server that is not listening yet, or already is. */
  readonly server: Server
  /** Whether the application itself listens with this server. */
  readonly listens: boolean
}

/** Determines the kind of an application. */
export async function knownApp(app: App): Promise<KnownApp> {
  if (isFastify(app)) {
    await app.ready()
    return {
      sightline: (app as { readonly sightline?: Sightline }).sightline,
      ...served(app.server as Server),
    }
  }
  if (isKoa(app)) {
    return {
      sightline: sightlineIn(app.middleware),
      server: createServer(app.callback() as RequestListener),
      listens: false,
    }
  }
  if (typeof app !== 'function') return { sightline: undefined, ...served(app) }
  const sightline = 'router' in app ? sightlineIn(app.router.stack) : undefined
  return { sightline, server: createServer(app as RequestListener), listens: false }
}

/**
 * A server that does not listen yet is left closed, since it could not be opened again after a test. A TLS
 * server is tested without TLS: certificates are not under test.
 */
function served(server: Server): Pick<KnownApp, 'server' | 'listens'> {
  if (server.listening && !(server instanceof TlsServer)) return { server, listens: true }
  return { server: createServer((req, res) => void server.emit('request', req, res)), listens: false }
}

/** Finds Sightline's middleware in a list of middlewares or Express layers. */
function sightlineIn(list: unknown): Sightline | undefined {
  if (!Array.isArray(list)) return undefined
  for (const each of list as readonly Middleware[]) {
    const found = each.sightline ?? each.handle?.sightline ?? sightlineIn(each.handle?.stack)
    if (found) return found
  }
  return undefined
}

interface Middleware {
  readonly sightline?: Sightline
  readonly handle?: { readonly sightline?: Sightline; readonly stack?: unknown }
}

function isFastify(app: App): app is FastifyApp {
  return 'inject' in app && 'ready' in app && 'server' in app
}

function isKoa(app: App): app is KoaApp {
  return 'callback' in app && 'middleware' in app
}
