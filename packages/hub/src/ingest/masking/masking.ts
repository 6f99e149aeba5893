import type {
  AttributeSet,
  AttributeValue,
  LogColumns,
  ReadResource,
  ReadScope,
  SpanColumns,
} from '@sightline/otlp'
import { CENSOR, createSecrets } from '@sightline/secrets'

import { Batch } from './batch.ts'
import type { SecretRules } from './rules.ts'
import { MaskedTexts } from './texts.ts'

/** Masks the secrets in what was received, in place, before anything else reads it. Belongs to one event thread. */
export interface Masking {
  /** Names, messages and attributes of spans, of their events and links, and of their resources and scopes. */
  spans(columns: SpanColumns): void
  /** Bodies and attributes of log records, and of their resources and scopes. */
  logs(columns: LogColumns): void
}

/** Creates the masking. Its rules are those of the kit, unless others are given. */
export function createMasking(rules: SecretRules = createSecrets([])): Masking {
  const texts = new MaskedTexts(rules)
  const resources = new WeakMap<ReadResource, ReadResource>()
  const scopes = new WeakMap<ReadScope, ReadScope>()

  function maskedOrigin<T extends ReadResource | ReadScope>(origin: T): T {
    const attributes = maskedSet(origin.attributes, rules)
    if (attributes === origin.attributes) return origin
    const masked: T = { ...origin, attributes }
    return Object.freeze(masked)
  }

  /** Replaces the objects of a batch by masked ones, which are interned as the others are. */
  function origins<T extends ReadResource | ReadScope>(list: readonly T[], known: WeakMap<T, T>): void {
    for (const [index, origin] of list.entries()) {
      const masked = known.get(origin) ?? maskedOrigin(origin)
      known.set(origin, masked)
      // The list belongs to this batch.
      if (masked !== origin) (list as T[])[index] = masked
    }
  }

  return {
    spans(columns) {
      const { rows, events, links } = columns
      const batch = new Batch(columns.strings, rules, texts)
      origins(columns.resources, resources)
      origins(columns.scopes, scopes)
      batch.attributes(columns.attributes, rows)
      const eventRows = events.offsets[rows] ?? 0
      batch.attributes(events.attributes, eventRows)
      batch.attributes(links.attributes, links.offsets[rows] ?? 0)
      batch.column(columns.names, rows)
      batch.column(columns.statusMessages, rows)
      batch.column(events.names, eventRows)
    },
    logs(columns) {
      const { rows } = columns
      const batch = new Batch(columns.strings, rules, texts)
      origins(columns.resources, resources)
      origins(columns.scopes, scopes)
      batch.attributes(columns.attributes, rows)
      batch.values(columns.bodyTypes, columns.bodies, rows)
    },
  }
}

/** The set itself where nothing in it is secret. */
function maskedSet(attributes: AttributeSet, rules: SecretRules): AttributeSet {
  const masked = maskedFields(attributes, rules)
  return masked === attributes ? attributes : Object.freeze(masked)
}

type Fields = Readonly<Record<string, AttributeValue>>

function maskedFields(fields: Fields, rules: SecretRules): Fields {
  let isChanged = false
  const entries = Object.entries(fields).map(([name, value]) => {
    const masked = rules.hides(name, value) ? CENSOR : maskedValue(value, rules)
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
