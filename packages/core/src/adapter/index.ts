import { outletsOf } from '../taps.ts'
/**
 * Tools for adapters, besides the methods of a Sightline: `@sightline/core/adapter`. Not for applications.
 */
import { type Lend, lender } from './lent.ts'

export { variablesOf } from './closure.ts'
export { routedPath } from '../record/path.ts'
export type { Lend } from './lent.ts'
export { isObserved } from '../request/observer.ts'
export { outletsOf } from '../taps.ts'

/**
 * Creates a function that defines an adapter's properties on framework objects if plain assignment fails.
 *
 * @param shown the users' name of the object: `req`, `ctx`
 */
export function lenderOf(sightline: object, shown: string): Lend {
  return lender(shown, (source, error) => outletsOf(sightline)?.fault(source, error))
}
