/** Reads and writes the headers that travel, whatever has them. */
import { types } from 'node:util'

import { type Carrier, carrierOf, tagOf } from './carrier-forms.ts'
import { CARRIED, carriedName, isNamed } from './carrier-names.ts'
import { textsOf } from './carrier-values.ts'

/** The headers that travel, as a carrier has them. */
export type CarriedHeaders = Partial<Record<(typeof CARRIED)[number], string | string[]>>

/**
 * Reads the headers that travel from whatever has headers. Of what is no carrier, nothing.
 *
 * @param failed is told of getters and the like that have thrown
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
 * Adds headers to whatever has headers. One that is `undefined` is taken out.
 *
 * @returns the carrier; in place of one that cannot be changed a copy that has them
 * @throws where that is no carrier, or cannot be changed at all: it is as it was, and has perhaps some of the headers
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

/** The shorter way: what an object has whose headers are texts, each there once. `undefined`: it is none. */
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
  // What has methods for its headers has none that could be seen.
  return typeof found.traceparent === 'string' ? found : undefined
}

/** The shorter way: whether an object of texts has none of the headers that travel, so that they can only be added. */
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
