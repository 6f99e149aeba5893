import { METHODS } from 'node:http'

import type { KnownRoute } from '@sightline/core'
import type { Application, Request } from 'express'

import { stackOf } from './applications.ts'
import type { Layer, Route } from './layer.ts'
import { Mounts, patternsOf } from './layers.ts'
import { baseOf, join, MAX_DEPTH, Ways } from './ways.ts'

/** The full patterns of a route, and how it is reached. */
interface Place {
  readonly patterns: Set<string>
  /** Whether some way to it leads through a mount path. */
  readonly isMounted: boolean
  /** Whether some way to it leads through a function, which may also call it from elsewhere. */
  readonly isCalled: boolean
  /** Whether some way to it leads through the observed application. */
  readonly isObserved: boolean
}

/** The way to a stack of layers. */
interface Way extends Pick<Place, 'isObserved' | 'isCalled'> {
  /** The enclosing stacks. */
  readonly outer: ReadonlyArray<readonly Layer[]>
}

/**
 * The routes of an application with their full patterns, `/api/users/:id/orders/:oid`, through mounted
 * routers and applications. `req.baseUrl` is no substitute: it holds values in place of parameters, and is
 * gone when an error handler runs.
 */
export class RouteTable {
  readonly #app: Application
  readonly #observed: Application
  readonly #mounts = new Mounts()
  readonly #ways: Ways
  readonly #places = new Map<Route, Place>()
  /** Routes of routers that no layer leads to, called by a handler itself. Searched only once. */
  readonly #unreachable = new WeakSet<Route>()
  /**
   * Patterns of mounts without parameters, by base path. Bounded by the number of the application's mounts.
   */
  readonly #literalMounts = new Map<string, string>()

  /** @param observed the observed application: `app` itself, or one that is mounted in it */
  constructor(app: Application, observed: Application = app) {
    this.#app = app
    this.#observed = observed
    this.#ways = new Ways(app, this.#mounts)
    this.#read()
  }

  /** All present routes, by method. */
  known(): KnownRoute[] {
    return [...this.#places].flatMap(([route, { patterns, isObserved }]) =>
      isObserved
        ? methodsOf(route).flatMap((method) => [...patterns].map((each) => ({ method, route: each })))
        : [],
    )
  }

  /**
   * The pattern of the route that answered, or of the route that would have answered if an earlier middleware
   * had not failed. For an answer from a mount without a route, the mount's path with `/*`.
   */
  routeOf(req: Request): string | undefined {
    const { route } = req as { route?: Route }
    if (route === undefined) return this.#unroutedOf(req)
    const place = this.#placeOf(route, req)
    if (place === undefined) return this.#calledOf(route, req)
    if (baseOf(req) !== '' && !place.isMounted) {
      // A route outside the mount passed the request on.
      const mount = this.#mountOf(req)
      if (mount !== undefined) return mount
    }
    if (place.patterns.size === 1 && !place.isCalled) return place.patterns.values().next().value
    const pattern = this.#patternOf(route, req)
    if (pattern !== undefined) return pattern
    if (!place.isCalled || !this.#isCalled(route, req)) return this.#calledOf(route, req)
    this.#read()
    return this.#patternOf(route, req)
  }

  /** The pattern by which a request reached a route. */
  #patternOf(route: Route, req: Request): string | undefined {
    const baseUrl = baseOf(req)
    return (
      this.#ways.find(req, {
        route: (each, base) => each === route && (baseUrl === '' || base === baseUrl),
      }) ?? this.#ways.find(req, { route: (each) => each === route })
    )
  }

  #unroutedOf(req: Request): string | undefined {
    const status = req.res?.statusCode ?? 0
    if (status >= 400) {
      // Early failures (authentication, a malformed body) belong to the requested route.
      const missed = this.#ways.find(req, { route: (each) => handles(each, req.method) })
      if (missed !== undefined) return missed
    }
    if (baseOf(req) !== '') return this.#mountOf(req)
    // A 404 of Express itself: no mount answered.
    return status >= 400 && status !== 404 ? this.#missedMountOf(req) : undefined
  }

  /** The mount that answered a request. */
  #mountOf(req: Request): string | undefined {
    const baseUrl = baseOf(req)
    const known = this.#literalMounts.get(baseUrl)
    if (known !== undefined) return known
    const pattern = this.#ways.find(req, { mount: (_layer, base) => base === baseUrl })
    if (pattern === undefined) return undefined
    const mount = join(pattern, '/*')
    if (pattern === baseUrl) this.#literalMounts.set(baseUrl, mount)
    return mount
  }

  /** The mounted function that a failed request would have reached. */
  #missedMountOf(req: Request): string | undefined {
    const pattern = this.#ways.find(req, {
      mount: (layer) => this.#mounts.isFunction(layer) && patternsOf(layer).every((each) => each !== '/'),
    })
    return pattern && join(pattern, '/*')
  }

  /** The pattern of a route that no layer leads to. A mounted function called its router. */
  #calledOf(route: Route, req: Request): string | undefined {
    const baseUrl = baseOf(req)
    if (baseUrl === '') {
      const failed = (req.res?.statusCode ?? 0) >= 400
      const mount = failed ? this.#ways.find(req, { mount: (_layer, base) => base !== '' }) : undefined
      return mount === undefined ? ownPattern(route) : join(mount, '/*')
    }
    const pattern = this.#ways.find(req, {
      mount: (layer, base) => base === baseUrl && this.#mounts.isFunction(layer),
    })
    if (pattern !== undefined) return join(pattern, ownPattern(route))
    const outer = this.#ways.find(req, {
      mount: (_layer, base) => base !== '' && `${baseUrl}/`.startsWith(`${base}/`),
    })
    return outer && join(outer, '/*')
  }

  #placeOf(route: Route, req: Request): Place | undefined {
    const known = this.#places.get(route)
    if (known !== undefined || this.#unreachable.has(route)) return known
    this.#read()
    if (!this.#places.has(route) && this.#isCalled(route, req)) this.#read()
    const found = this.#places.get(route)
    if (found === undefined) this.#unreachable.add(route)
    return found
  }

  /**
   * Whether a layer's function called the application of the route. That application is then remembered as
   * mounted there.
   */
  #isCalled(route: Route, req: Request): boolean {
    const { app } = req
    if (app === this.#app) return false
    const isIt = { route: (each: Route) => each === route }
    return (
      this.#ways.find(req, {
        mount: (layer, _base, rest) => {
          if (!this.#mounts.isFunction(layer)) return false
          if (this.#ways.search(stackOf(app), rest, isIt) === undefined) return false
          this.#mounts.addCalled(layer, app)
          return true
        },
      }) !== undefined
    )
  }

  #read(): void {
    this.#places.clear()
    this.#add(stackOf(this.#app), '', { isObserved: false, isCalled: false, outer: [] })
  }

  #add(stack: readonly Layer[], prefix: string, { isObserved, isCalled, outer }: Way): void {
    // Ends a mount within itself. Two rounds are enough to find that it has several patterns.
    if (outer.length > MAX_DEPTH || outer.filter((each) => each === stack).length > 1) return
    const isSeen = isObserved || stack === stackOf(this.#observed)
    for (const layer of stack) {
      const { route } = layer
      const inner = route ? undefined : this.#mounts.behind(layer)
      if (!route && !inner) continue
      for (const pattern of patternsOf(layer)) {
        const whole = join(prefix, pattern)
        if (route) this.#addRoute(route, whole, { isMounted: prefix !== '', isObserved: isSeen, isCalled })
        else if (inner) {
          this.#add(inner, whole === '/' ? '' : whole, {
            isObserved: isSeen,
            isCalled: isCalled || this.#mounts.isFunction(layer),
            outer: [...outer, stack],
          })
        }
      }
    }
  }

  #addRoute(route: Route, pattern: string, way: Omit<Place, 'patterns'>): void {
    const known = this.#places.get(route)
    this.#places.set(route, {
      patterns: (known?.patterns ?? new Set()).add(pattern),
      isMounted: way.isMounted || known?.isMounted === true,
      isObserved: way.isObserved || known?.isObserved === true,
      isCalled: way.isCalled || known?.isCalled === true,
    })
  }
}

/** `*` for all methods. */
function methodsOf({ methods }: Route): string[] {
  if (methods._all === true || METHODS.every((method) => methods[method.toLowerCase()])) return ['*']
  return Object.keys(methods).map((method) => method.toUpperCase())
}

function handles({ methods }: Route, method: string): boolean {
  const name = method.toLowerCase()
  return methods._all === true || methods[name] === true || (name === 'head' && methods.get === true)
}

function ownPattern({ path }: Route): string {
  return [path].flat().map(String).join(', ')
}
