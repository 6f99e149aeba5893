import { Origins } from './interning/origins.ts'
import { Strings } from './interning/strings.ts'
import type { Limits } from './limits.ts'
import { Tally } from './tally.ts'

/** What all parts of a reader share. */
export interface Interned {
  readonly limits: Limits
  readonly tally: Tally
  readonly strings: Strings
  readonly origins: Origins
}

export function internedOf(limits: Limits): Interned {
  const tally = new Tally(limits)
  return { limits, tally, strings: new Strings(limits, tally), origins: new Origins() }
}
