/** Reads and writes the propagated headers in any carrier. */
import { types } from 'node:util'

import { type Carrier, carrierOf, tagOf } from './carrier-forms.ts'
import { CARRIED, carriedName, isNamed } from './carrier-names.ts'
import { textsOf } from './carrier-values.ts'

/** The propagated headers found in a carrier. */
export type CarriedHeaders = Partial<Record<(typeof CARRIED)[number], string | string[]>>

/**
 * Reads the propagated headers of a carrier. Finds none in other values.
 *
 * @param failed gets errors of the carrier's own code, such as getters
 */
export function readHeaders(carrier: unknown, failed: (error: unknown) => void): CarriedHeaders {
  const texts = plainTexts(carrier)
  if (texts !== undefined) return texts
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
        const values = [found[name] ?? [], textsOf(value())].flat()
        const [only] = values
        if (only !== undefined) found[name] = values.length === 1 ? only : values
      })
    }),
  )
  return found
}

/**
 * Sets headers in a carrier. `undefined` removes a header.
 *
 * @returns the carrier, or a copy with the headers if the carrier is read-only
 *
 * @throws if the value is no carrier, or can neither be changed nor copied; some headers may be set by then
 */
export function writeHeaders(
  carrier: unknown,
  headers: Readonly<Record<string, string | undefined>>,
): unknown {
  if (isNew(carrier)) {
    for (const name in headers) if (headers[name] !== undefined) carrier[name] = headers[name]
    return carrier
  }
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

/** Fast path for an object in which each header is one text. `undefined`: use the general path. */
function plainTexts(carrier: unknown): CarriedHeaders | undefined {
  if (!isPlain(carrier)) return undefined
  const found: CarriedHeaders = {}
  try {
    for (const given in carrier) {
      const name = carriedName(given)
      if (name === undefined) continue
      const value = carrier[given]
      if (typeof value !== 'string' || found[name] !== undefined) return undefined
      found[name] = value
    }
  } catch {
    return undefined
  }
  // Without `traceparent`, the object may hold its headers behind methods.
  return typeof found.traceparent === 'string' ? found : undefined
}

/** Fast path for an object of texts that has none of the propagated headers. */
function isNew(carrier: unknown): carrier is Record<string, unknown> {
  if (!isPlain(carrier) || !Object.isExtensible(carrier)) return false
  try {
    for (const name in carrier)
      if (carriedName(name) !== undefined || typeof carrier[name] !== 'string') return false
  } catch {
    return false
  }
  return true
}

function isPlain(carrier: unknown): carrier is Record<string, unknown> {
  return (
    typeof carrier === 'object' &&
    carrier !== null &&
    !types.isProxy(carrier) &&
    Object.getPrototypeOf(carrier) === Object.prototype
  )
}
