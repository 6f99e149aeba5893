/** Reads and writes the headers that travel, whatever has them. */
import { CARRIED, type Carrier, carrierOf, isNamed, tagOf } from './carrier-forms.ts'
import { textsOf } from './carrier-values.ts'

/** The headers that travel, as a carrier has them. */
export type CarriedHeaders = Partial<Record<(typeof CARRIED)[number], string | string[]>>

/**
 * Reads the headers that travel from whatever has headers. Of what is no carrier, nothing.
 *
 * @param failed is told of getters and the like that have thrown
 */
export function readHeaders(carrier: unknown, failed: (error: unknown) => void): CarriedHeaders {
  const found: CarriedHeaders = {}
  const guarded = (work: () => void) => {
    try {
      work()
    } catch (error) {
      failed(error)
    }
  }
  guarded(() =>
    carrierOf(carrier)?.each((given, value) => {
      const name = CARRIED.find((each) => isNamed(given, each))
      if (name === undefined) return
      guarded(() => {
        const texts = [found[name] ?? [], textsOf(value())].flat()
        const [only] = texts
        if (only !== undefined) found[name] = texts.length === 1 ? only : texts
      })
    }),
  )
  return found
}

/**
 * Adds headers to whatever has headers. One that is `undefined` is taken out.
 *
 * @returns the carrier; in place of one that cannot be changed a copy that has them
 * @throws where that is no carrier, or cannot be changed at all: it is as it was, and has perhaps some of the headers
 */
export function writeHeaders(
  carrier: unknown,
  headers: Readonly<Record<string, string | undefined>>,
): unknown {
  const known = carrierOf(carrier)
  if (known?.put === undefined)
    throw new TypeError(`headers cannot be added to ${tagOf(carrier)}: it is no carrier`)
  try {
    putAll(known, headers)
    return carrier
  } catch (error) {
    const copy = known.copy?.() ?? carrier
    if (copy === carrier) throw error
    putAll(carrierOf(copy), headers)
    return copy
  }
}

function putAll(carrier: Carrier | undefined, headers: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(headers)) carrier?.put?.(name, value)
}
