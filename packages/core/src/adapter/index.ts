/** Tools for adapters, and for servers without a framework: `@sightline/core/adapter`. Not for applications. */
import { hostOf } from './host.ts'
import { type Lend, lender } from './lent.ts'

export { variablesOf } from './closure.ts'
export { routedPath } from '../record/path.ts'
export type { Lend } from './lent.ts'
export { isObserved } from '../request/observer.ts'
export { hostOf } from './host.ts'
export type { Host, KnownRoute } from '../seam.ts'

/**
 * Creates a function that defines an adapter's properties on framework objects if plain assignment fails.
 *
 * @param shown the users' name of the object: `req`, `ctx`
 */
export function lenderOf(sightline: object, shown: string): Lend {
  return lender(shown, (source, error) => hostOf(sightline).fault(source, error))
}
