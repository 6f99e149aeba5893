import type {
  AttributeSet,
  LogColumns,
  MetricColumns,
  ReadMetric,
  ReadResource,
  ReadScope,
  SpanColumns,
} from '@sightline/otlp'
import { createSecrets } from '@sightline/secrets'

import { Batch } from './batch.ts'
import type { SecretRules } from './rules.ts'
import { maskedSet } from './sets.ts'
import { MaskedTexts } from './texts.ts'

/** Masks the secrets in what was received, in place, before anything else reads it. Belongs to one thread. */
export interface Masking {
  /** Names, messages and attributes of spans, of their events and links, and of their resources and scopes. */
  spans(columns: SpanColumns): void
  /** Bodies and attributes of log records, and of their resources and scopes. */
  logs(columns: LogColumns): void
  /** Attributes of points and exemplars, and of their resources and scopes. */
  points(columns: MetricColumns): void
}

/** Creates the masking. Its rules are those of the kit, unless others are given. */
export function createMasking(rules: SecretRules = createSecrets([])): Masking {
  const texts = new MaskedTexts(rules)
  const resources = new WeakMap<ReadResource, ReadResource>()
  const scopes = new WeakMap<ReadScope, ReadScope>()
  const sets = new WeakMap<AttributeSet, AttributeSet>()
  const metrics = new WeakMap<ReadMetric, ReadMetric>()

  function maskedOrigin<T extends ReadResource | ReadScope>(origin: T): T {
    const attributes = maskedSet(origin.attributes, rules)
    if (attributes === origin.attributes) return origin
    const masked: T = { ...origin, attributes }
    return Object.freeze(masked)
  }

  function maskedMetric(metric: ReadMetric): ReadMetric {
    const resource = remembered(resources, metric.resource, maskedOrigin)
    const scope = remembered(scopes, metric.scope, maskedOrigin)
    if (resource === metric.resource && scope === metric.scope) return metric
    return Object.freeze({ ...metric, resource, scope })
  }

  const origins = <T extends ReadResource | ReadScope>(list: readonly T[], known: WeakMap<T, T>) =>
    replaceAll(list, known, maskedOrigin)

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
    points(columns) {
      origins(columns.resources, resources)
      origins(columns.scopes, scopes)
      replaceAll(columns.metrics, metrics, maskedMetric)
      replaceAll(columns.sets, sets, (set) => maskedSet(set, rules))
    },
  }
}

/** Replaces the objects of a batch by masked ones, which are interned as the others are. */
function replaceAll<T extends object>(list: readonly T[], known: WeakMap<T, T>, mask: (each: T) => T): void {
  for (const [index, each] of list.entries()) {
    const masked = remembered(known, each, mask)
    // The list belongs to this batch.
    if (masked !== each) (list as T[])[index] = masked
  }
}

function remembered<T extends object>(known: WeakMap<T, T>, each: T, mask: (each: T) => T): T {
  let masked = known.get(each)
  if (masked === undefined) known.set(each, (masked = mask(each)))
  return masked
}
