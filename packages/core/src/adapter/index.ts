/** For adapters, and for servers without a framework: `@sightline/core/adapter`. */
import { hostOf } from './host.ts'
import { type Lend, lender } from './lent.ts'

export { variablesOf } from './closure.ts'
export { routedPath } from '../record/path.ts'
export type { Lend } from './lent.ts'
export { isObserved } from '../request/observer.ts'
export { hostOf } from './host.ts'
export type { Host, KnownRoute } from '../seam.ts'

/**
 * Makes what puts an adapter's properties on the objects of its framework where plain assignment has failed.
 *
 * @param shown what users call the object: `req`, `ctx`
 */
export function lenderOf(sightline: object, shown: string): Lend {
  return lender(shown, (source, error) => hostOf(sightline).fault(source, error))
}
