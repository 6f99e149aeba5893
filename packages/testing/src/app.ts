import { createServer, type RequestListener, type Server } from 'node:http'
import { Server as TlsServer } from 'node:tls'

import type { Sightline } from '@sightline/core'

/** An application: of Fastify, Express or Koa, a server of node, or what answers its requests. */
export type App = FastifyApp | ExpressApp | KoaApp | Server | RequestListener

interface FastifyApp {
  readonly server: object
  ready(): PromiseLike<unknown>
  inject: unknown
}

interface ExpressApp {
  // Express calls its own objects what they are not to node: they are node's, with more in them.
  (req: never, res: never, ...rest: never[]): unknown
  readonly router: { readonly stack: unknown }
}

interface KoaApp {
  callback(): (req: never, res: never) => unknown
  readonly middleware: readonly unknown[]
}

/** What has to be known of an application. */
export interface KnownApp {
  /** The Sightline that it is observed with, where it can be told. */
  readonly sightline: Sightline | undefined
  /** A server that is not listening yet, or one that is. */
  readonly server: Server
  /** Whether the server is the application's own. */
  readonly listens: boolean
}

/** Finds out what kind of application it is. */
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
 * A server that does not listen is not made to: it would have to be closed, and could never be opened again. One that
 * speaks TLS is asked without it: who trusts its certificate is not what is tested.
 */
function served(server: Server): Pick<KnownApp, 'server' | 'listens'> {
  if (server.listening && !(server instanceof TlsServer)) return { server, listens: true }
  return { server: createServer((req, res) => void server.emit('request', req, res)), listens: false }
}

/** Looks for Sightline's middleware in a list of middlewares, or in what Express makes of it. */
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
