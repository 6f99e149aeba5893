import { CENSOR } from '@sightline/secrets'

import type { SecretRules } from './rules.ts'

/** Deeper values are hidden. */
const MAX_DEPTH = 50

/**
 * Masks a text that is JSON, field by field at any depth. `undefined`: the text is none. Without a secret in it, the text stays as
 * it is, white space included.
 */
export function maskJson(text: string, rules: SecretRules): string | undefined {
  let value: unknown
  try {
    value = JSON.parse(text, exactly)
  } catch {
    return undefined
  }
  const masked = maskedValue(value, rules, 0)
  return masked === value ? text : JSON.stringify(masked)
}

/** Keeps the digits of an integer that a double does not hold. It becomes a text, where the JSON has to be written anew. */
function exactly(_key: string, value: unknown, written?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const source = written?.source
  return source !== undefined && /^-?\d+$/.test(source) ? source : value
}

/** The value itself where nothing in it is secret. */
function maskedValue(value: unknown, rules: SecretRules, depth: number): unknown {
  if (typeof value === 'string') return rules.mask(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth >= MAX_DEPTH) return CENSOR
  let isChanged = false
  const shown = (name: string, each: unknown) => {
    const masked = rules.hides(name, each) ? CENSOR : maskedValue(each, rules, depth + 1)
    if (masked !== each) isChanged = true
    return masked
  }
  const masked = Array.isArray(value)
    ? value.map((each) => shown('', each))
    : Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shown(name, each)]))
  return isChanged ? masked : value
}
