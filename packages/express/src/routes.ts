import { tracingChannel } from 'node:diagnostics_channel'

import type { KnownRoute } from '@sightline/core'
import type { Application, Request } from 'express'

/** What is read of Express' router: nothing of it is changed. */
interface Layer {
  readonly name: string
  readonly route?: Route | undefined
  readonly handle: { readonly stack?: readonly Layer[] }
  /** As registered. Router 2.3 and later. */
  readonly rawPath?: Pattern | readonly Pattern[]
  readonly matchers?: ReadonlyArray<
    (path: string) => false | { path: string; params: Record<string, unknown> }
  >
}

interface Route {
  readonly path: Pattern | readonly Pattern[]
  readonly methods: Readonly<Record<string, boolean>>
}

type Pattern = string | RegExp

/** Deeper than this nobody nests routers; a router mounted below itself would have no end. */
const MAX_DEPTH = 16

/**
 * The routes of an application with their whole patterns, `/api/users/:id/orders/:oid`, through mounted routers and
 * applications. `req.baseUrl` would hold the values instead of the parameters, and is gone when an error handler runs.
 */
export class RouteTable {
  readonly #app: Application
  readonly #patterns = new Map<Route, Set<string>>()
  readonly #subApps = new Set<Application>()
  /** Routes of routers that no layer leads to, called by a handler itself: looked for once. */
  readonly #unreachable = new WeakSet<Route>()
  #mounts = 0

  constructor(app: Application) {
    this.#app = app
    this.#read()
    if (this.#mounts > 0) this.#discoverSubApps()
  }

  /** All routes that there are now, by method. */
  known(): KnownRoute[] {
    return [...this.#patterns].flatMap(([{ methods }, patterns]) =>
      Object.keys(methods)
        .filter((method) => method !== '_all')
        .flatMap((method) => [...patterns].map((route) => ({ method: method.toUpperCase(), route }))),
    )
  }

  /** The pattern of the route that answered a request, or would have, had nothing failed before it. */
  routeOf(req: Request): string | undefined {
    const { route } = req as { route?: Route }
    const path = pathOf(req.originalUrl)
    if (route === undefined) {
      // Early failures (authentication, a malformed body) belong to the route that was asked for.
      const failed = (req.res?.statusCode ?? 0) >= 400
      return failed ? this.#match(stackOf(this.#app), path, (each) => handles(each, req.method)) : undefined
    }
    if (!this.#patterns.has(route) && !this.#unreachable.has(route)) {
      if (req.app !== this.#app) this.#subApps.add(req.app)
      this.#read()
      if (!this.#patterns.has(route)) this.#unreachable.add(route)
    }
    const patterns = this.#patterns.get(route)
    if (patterns === undefined) return ownPattern(route)
    if (patterns.size === 1) return patterns.values().next().value
    return this.#match(stackOf(this.#app), path, (each) => each === route) ?? ownPattern(route)
  }

  #read(): void {
    this.#patterns.clear()
    this.#mounts = 0
    this.#add(stackOf(this.#app), '', 0)
    for (const app of this.#subApps) this.#add(stackOf(app), app.path(), 0)
  }

  #add(stack: readonly Layer[], prefix: string, depth: number): void {
    if (depth > MAX_DEPTH) return
    for (const layer of stack) {
      if (layer.name === 'mounted_app') this.#mounts++
      for (const pattern of patternsOf(layer)) {
        const whole = join(prefix, pattern)
        if (layer.route) {
          const patterns = this.#patterns.get(layer.route) ?? new Set()
          this.#patterns.set(layer.route, patterns.add(whole))
        } else if (layer.handle.stack) this.#add(layer.handle.stack, whole, depth + 1)
      }
    }
  }

  /** Goes the way that the router goes, with its own matchers, to the first route wanted. */
  #match(
    stack: readonly Layer[],
    path: string,
    wanted: (route: Route) => boolean,
    depth = 0,
  ): string | undefined {
    if (depth > MAX_DEPTH) return undefined
    for (const layer of stack) {
      if (layer.route ? !wanted(layer.route) : !layer.handle.stack) continue
      for (const [index, pattern] of patternsOf(layer).entries()) {
        const match = matched(layer, index, path)
        if (!match) continue
        if (layer.route) return pattern
        const prefix = layer.rawPath === undefined ? templateOf(match.path, match.params) : pattern
        const inner = this.#match(
          layer.handle.stack ?? [],
          path.slice(match.path.length) || '/',
          wanted,
          depth + 1,
        )
        if (inner !== undefined) return join(prefix, inner)
      }
    }
    return undefined
  }

  /**
   * An application mounted in another is hidden in a closure, but `req.app` names it while it works. So the router's
   * channel, which costs about a microsecond per layer, is listened to until each has been seen once.
   */
  #discoverSubApps(): void {
    const { start } = tracingChannel('express.router.request')
    const discover = (message: unknown) => {
      const { app } = (message as { req: Request }).req
      if (app === this.#app || this.#subApps.has(app) || !isBelow(app, this.#app)) return
      this.#subApps.add(app)
      this.#read()
      if (this.#subApps.size >= this.#mounts) start.unsubscribe(discover)
    }
    start.subscribe(discover)
  }
}

function isBelow(app: Application & { parent?: Application }, root: Application): boolean {
  let above: (Application & { parent?: Application }) | undefined = app
  while (above !== undefined && above !== root) above = above.parent
  return above === root
}

function stackOf(app: Application): readonly Layer[] {
  // Express 4 keeps its router under another name, and throws when it is asked for this one.
  const router = (app as { _router?: unknown })._router ?? app.router
  return (router as { stack?: readonly Layer[] }).stack ?? []
}

function handles({ methods }: Route, method: string): boolean {
  const name = method.toLowerCase()
  return methods._all === true || methods[name] === true || (name === 'head' && methods.get === true)
}

function patternsOf(layer: Layer): string[] {
  const raw = layer.rawPath ?? layer.route?.path
  // Before router 2.3 a mounted router does not tell its path: only matching does.
  if (raw === undefined) return layer.matchers?.map(() => '') ?? []
  return [raw].flat().map(String)
}

function ownPattern({ path }: Route): string {
  return [path].flat().map(String).join(', ')
}

function matched(
  layer: Layer,
  index: number,
  path: string,
): false | { path: string; params: Record<string, unknown> } {
  try {
    // A layer mounted at `/` matches everything and takes nothing.
    if (!layer.route && layer.rawPath === '/') return { path: '', params: {} }
    return layer.matchers?.[index]?.(path) ?? false
  } catch {
    // A target that cannot be decoded matches nothing.
    return false
  }
}

/** The path of a mounted router with its values taken back out. */
function templateOf(path: string, params: Record<string, unknown>): string {
  const names = new Map(Object.entries(params).map(([name, value]) => [String(value), name]))
  return path
    .split('/')
    .map((segment) => (names.has(segment) ? `:${names.get(segment)}` : segment))
    .join('/')
}

function join(prefix: string, pattern: string): string {
  const base = prefix.endsWith('/') ? prefix.slice(0, -1) : prefix
  return pattern === '/' || pattern === '' ? base || '/' : base + pattern
}

function pathOf(target: string): string {
  const query = target.indexOf('?')
  return query < 0 ? target : target.slice(0, query)
}
