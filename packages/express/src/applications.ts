import type { HttpServer } from '@sightline/core'
import type { Application } from 'express'

import type { Layer } from './layer.ts'

/** The error for an Express version that is too old. */
export const OLD_ROUTER =
  'Sightline: this application has a router before 2.3, which does not say at which paths routers are mounted, so that routes cannot be named: Express 5 takes a newer one with `npm update router`'

type Mounted = Application & { readonly parent?: Mounted }

/** Whether a value is an Express application. */
export function isApplication(value: unknown): value is Application {
  const { handle, set } = Object(value) as { readonly handle?: unknown; readonly set?: unknown }
  return typeof value === 'function' && typeof handle === 'function' && typeof set === 'function'
}

/** The layers of an application. */
export function stackOf(app: Application): readonly Layer[] {
  try {
    // Express 4 keeps its router under another name, and throws when `router` is read.
    const router = (app as { _router?: unknown })._router ?? app.router
    return (router as { stack?: readonly Layer[] }).stack ?? []
  } catch {
    return []
  }
}

/** Whether the application's router exposes the mount paths of its layers. */
export function tellsPaths(app: Application): boolean {
  return stackOf(app).every((layer) => layer.rawPath !== undefined)
}

/** The outermost application that mounts this one. The application itself if it is not mounted. */
export function outermost(app: Application): Application {
  let outer: Mounted = app
  while (outer.parent !== undefined) outer = outer.parent
  return outer
}

/**
 * Checks the application of a server that starts to listen.
 *
 * @throws {TypeError} if the middleware observes it and its router is too old
 */
export function refuseOldRouter(server: HttpServer, middleware: unknown): void {
  for (const app of server.listeners('request')) {
    if (!isApplication(app)) continue
    const isObserved = stackOf(app).some(({ handle }) => handle === middleware)
    if (isObserved && !tellsPaths(app)) throw new TypeError(OLD_ROUTER)
  }
}
