import type { Parameters } from './parameters.ts'
import type { ApiParts } from './parts.ts'
import type { ApiResponse } from './request.ts'

/** A call of a route. */
export interface Call extends ApiParts {
  readonly parameters: Parameters
  readonly body: string
  readonly signal: AbortSignal
  /** Milliseconds since 1970. */
  readonly time: number
}

/** Whose API a route belongs to: it decides the shape of errors. */
export type Dialect = 'hub' | 'jaeger' | 'prometheus'

/** A path and its handlers by method. A segment such as `:id` becomes the parameter `id`. */
export interface Route {
  readonly path: string
  readonly dialect: Dialect
  readonly methods: Readonly<
    Partial<Record<'GET' | 'POST' | 'PUT', (call: Call) => ApiResponse | Promise<ApiResponse>>>
  >
}

/** A table of routes, which finds one by its path. */
export class RouteTable {
  readonly #routes: readonly { readonly segments: readonly string[]; readonly route: Route }[]

  constructor(routes: readonly Route[]) {
    this.#routes = routes.map((route) => ({ segments: route.path.split('/'), route }))
  }

  /** The route of a path, and the values of its parameters. A segment that is not valid percent-encoding matches none. */
  find(path: string): { readonly route: Route; readonly values: ReadonlyMap<string, string> } | undefined {
    const segments = path.split('/')
    for (const { segments: pattern, route } of this.#routes) {
      const values = valuesOf(pattern, segments)
      if (values !== undefined) return { route, values }
    }
    return undefined
  }
}

function valuesOf(
  pattern: readonly string[],
  segments: readonly string[],
): ReadonlyMap<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined
  const values = new Map<string, string>()
  for (const [index, expected] of pattern.entries()) {
    const segment = segments[index] ?? ''
    if (!expected.startsWith(':')) {
      if (segment !== expected) return undefined
      continue
    }
    const value = decoded(segment)
    if (value === undefined || value === '') return undefined
    values.set(expected.slice(1), value)
  }
  return values
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}
