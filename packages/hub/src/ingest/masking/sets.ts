import type { AttributeSet, AttributeValue } from '@sightline/otlp'
import { CENSOR } from '@sightline/secrets'

import { isPath, maskedPath, maskedQuery } from './addresses.ts'
import type { SecretRules } from './rules.ts'

type Fields = Readonly<Record<string, AttributeValue>>

/** Masks a set of attributes. Without a secret it is the set itself. */
export function maskedSet(attributes: AttributeSet, rules: SecretRules): AttributeSet {
  const route = attributes['http.route']
  const masked = maskedFields(attributes, rules, (name, text) => {
    if (name === 'url.query') return maskedQuery(text, rules)
    return isPath(name)
      ? maskedPath(name, text, typeof route === 'string' ? route : undefined, rules)
      : undefined
  })
  return masked === attributes ? attributes : Object.freeze(masked)
}

/** @param special masks a text that has rules of its own, by its name. `undefined`: it has none */
function maskedFields(
  fields: Fields,
  rules: SecretRules,
  special: (name: string, text: string) => string | undefined = () => undefined,
): Fields {
  let isChanged = false
  const entries = Object.entries(fields).map(([name, value]) => {
    const own = typeof value === 'string' ? special(name, value) : undefined
    const masked = rules.hides(name, value) ? CENSOR : (own ?? maskedValue(value, rules))
    if (masked !== value) isChanged = true
    return [name, masked] as const
  })
  return isChanged ? Object.fromEntries(entries) : fields
}

function maskedValue(value: AttributeValue, rules: SecretRules): AttributeValue {
  if (typeof value === 'string') return rules.mask(value)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  if (!Array.isArray(value)) return maskedFields(value, rules)
  const masked = value.map((each) => maskedValue(each, rules))
  return masked.some((each, index) => each !== value[index]) ? masked : value
}
