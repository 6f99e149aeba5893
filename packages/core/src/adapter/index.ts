import { tapsOf } from '../taps.ts'
/** For adapters, besides what a Sightline itself offers them: `@sightline/core/adapter`. Applications have no use for it. */
import { type Lend, lender } from './lent.ts'

export { variablesOf } from './closure.ts'
export { routedPath } from '../record/path.ts'
export type { Lend } from './lent.ts'
export { isObserved } from '../request/observer.ts'
export { tapsOf } from '../taps.ts'

/**
 * Makes what puts an adapter's properties on the objects of its framework where plain assignment has failed.
 *
 * @param shown what users call the object: `req`, `ctx`
 */
export function lenderOf(sightline: object, shown: string): Lend {
  return lender(shown, (source, error) => tapsOf(sightline)?.fault(source, error))
}
