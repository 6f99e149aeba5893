import type { HttpServer } from '@sightline/core'
import type { Application } from 'express'

import type { Layer } from './layer.ts'

/** Why an application is refused. */
export const OLD_ROUTER =
  'Sightline: this application has a router before 2.3, which does not say at which paths routers are mounted, so that routes cannot be named: Express 5 takes a newer one with `npm update router`'

type Mounted = Application & { readonly parent?: Mounted }

/** Whether a value is an application of Express. */
export function isApplication(value: unknown): value is Application {
  const { handle, set } = Object(value) as { readonly handle?: unknown; readonly set?: unknown }
  return typeof value === 'function' && typeof handle === 'function' && typeof set === 'function'
}

/** The layers of an application. */
export function stackOf(app: Application): readonly Layer[] {
  try {
    // Express 4 keeps its router under another name, and throws when it is asked for this one.
    const router = (app as { _router?: unknown })._router ?? app.router
    return (router as { stack?: readonly Layer[] }).stack ?? []
  } catch {
    return []
  }
}

/** Whether the router of an application says at which paths its layers are mounted. */
export function tellsPaths(app: Application): boolean {
  return stackOf(app).every((layer) => layer.rawPath !== undefined)
}

/** The application in which one is mounted, over all levels; itself where it is not. */
export function outermost(app: Application): Application {
  let outer: Mounted = app
  while (outer.parent !== undefined) outer = outer.parent
  return outer
}

/**
 * Looks at the application that a server has begun to serve.
 *
 * @throws {TypeError} where it is observed by the middleware, and its router is too old
 */
export function refuseOldRouter(server: HttpServer, middleware: unknown): void {
  for (const app of server.listeners('request')) {
    if (!isApplication(app)) continue
    const isObserved = stackOf(app).some(({ handle }) => handle === middleware)
    if (isObserved && !tellsPaths(app)) throw new TypeError(OLD_ROUTER)
  }
}
