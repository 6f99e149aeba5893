import type { KnownRoute } from '../seam.ts'
import type { Endpoints } from './endpoints.ts'

/**
 * Warns once per application route that is unreachable because a Sightline endpoint answers at its path.
 *
 * @param warn writes a warning
 * @returns removes these routes from a list
 */
export function shadowedRoutes(
  endpoints: Endpoints,
  warn: (message: string) => void,
): (routes: readonly KnownRoute[]) => KnownRoute[] {
  const told = new Set<string>()
  return (routes) =>
    routes.filter(({ method, route }) => {
      const option = endpoints.optionAt(method, route)
      if (option === undefined) return true
      if (!told.has(route))
        warn(
          `the application's own route ${method} ${route} is never reached, because Sightline answers there: the option ${option} moves Sightline's to another path, or switches it off with false`,
        )
      told.add(route)
      return false
    })
}
