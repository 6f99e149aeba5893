import type { AttributeSet, ReadMetric, ReadResource, ReadScope } from '../columns.ts'
import { type Entry, keyOf } from '../plain.ts'
import { ByteTable } from './byte-table.ts'
import { Recent } from './recent.ts'

/** Messages of resources are often longer than one kilobyte. */
const ORIGIN = { entries: 1_024, bytes: 2_097_152, longest: 16_384 }

/**
 * The interned objects of a reader. Each table finds them by bytes; what makes a new object asks first whether there is an equal one,
 * that was read from other bytes.
 */
export class Origins {
  readonly sets = new ByteTable<AttributeSet>({ entries: 131_072, bytes: 33_554_432, longest: 4_096 })
  readonly resources = new ByteTable<ReadResource>(ORIGIN)
  readonly scopes = new ByteTable<ReadScope>(ORIGIN)
  readonly metrics = new ByteTable<ReadMetric>({ entries: 8_192, bytes: 4_194_304, longest: 4_096 })

  readonly #sets = new Recent<AttributeSet>(262_144, 67_108_864)
  readonly #resources = new Recent<ReadResource>(4_096, 4_194_304)
  readonly #scopes = new Recent<ReadScope>(4_096, 4_194_304)
  readonly #metrics = new Recent<ReadMetric>(16_384, 4_194_304)
  /** Stands for an object within a key. */
  readonly #numbers = new WeakMap<object, number>()
  #next = 0

  /** Attributes by key. The last one of several with the same key counts. */
  set(entries: readonly Entry[]): AttributeSet {
    // `fromEntries` makes a property of its own of every key, of `__proto__` too.
    return this.#sets.get(keyOf(entries), () => Object.freeze(Object.fromEntries(entries)))
  }

  resource(resource: ReadResource): ReadResource {
    const { attributes, droppedAttributes, schemaUrl } = resource
    const key = `${this.numberOf(attributes)} ${droppedAttributes} ${schemaUrl}`
    return this.#resources.get(key, () => Object.freeze(resource))
  }

  scope(scope: ReadScope): ReadScope {
    const { name, version, attributes, droppedAttributes, schemaUrl } = scope
    const key = JSON.stringify([this.numberOf(attributes), droppedAttributes, name, version, schemaUrl])
    return this.#scopes.get(key, () => Object.freeze(scope))
  }

  metric(metric: ReadMetric): ReadMetric {
    const { resource, scope, name, description, unit, kind, temporality, monotonic } = metric
    const origin = [this.numberOf(resource), this.numberOf(scope)]
    const key = JSON.stringify([...origin, name, description, unit, kind, temporality, monotonic])
    return this.#metrics.get(key, () => Object.freeze(metric))
  }

  /** A number that stands for an interned object. */
  numberOf(object: object): number {
    let number = this.#numbers.get(object)
    if (number === undefined) this.#numbers.set(object, (number = ++this.#next))
    return number
  }
}
