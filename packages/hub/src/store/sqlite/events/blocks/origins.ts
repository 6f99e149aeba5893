import type { AttributeSet, AttributeValue, ReadResource, ReadScope } from '@sightline/otlp'

/** Texts of resources and scopes, by the interned object: each is turned into text once. */
export class OriginTexts {
  readonly #texts = new WeakMap<ReadResource | ReadScope, string>()

  of(origin: ReadResource | ReadScope): string {
    let text = this.#texts.get(origin)
    if (text === undefined) {
      text = JSON.stringify({ ...origin, attributes: Object.entries(origin.attributes).map(tagged) })
      this.#texts.set(origin, text)
    }
    return text
  }
}

/** A value of JSON, or one that JSON does not have: `i` an integer beyond 2^53, `b` bytes as base64, `d` NaN or an infinity. */
type Tagged = readonly [key: string, value: unknown, type?: 'i' | 'b' | 'd']

function tagged([key, value]: [string, AttributeValue]): Tagged {
  if (typeof value === 'bigint') return [key, String(value), 'i']
  if (value instanceof Uint8Array) return [key, Buffer.from(value).toString('base64'), 'b']
  if (typeof value === 'number' && !Number.isFinite(value)) return [key, String(value), 'd']
  return [key, JSON.parse(JSON.stringify(value, nested))]
}

/** Within arrays and lists of keys and values, such values are texts, as in the columns of the reader. */
function nested(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  return value
}

/** Resources and scopes by their text. Equal texts give the same object. It holds at most 2,000. */
export class Origins {
  readonly #resources = new Map<string, ReadResource>()
  readonly #scopes = new Map<string, ReadScope>()

  resource(text: string): ReadResource {
    return remembered(this.#resources, text, () => {
      const { attributes, droppedAttributes, schemaUrl } = parsed(text)
      return { attributes, droppedAttributes, schemaUrl }
    })
  }

  scope(text: string): ReadScope {
    return remembered(this.#scopes, text, () => parsed(text))
  }
}

function remembered<V>(known: Map<string, V>, text: string, make: () => V): V {
  let value = known.get(text)
  if (value === undefined) {
    if (known.size >= 1000) known.clear()
    value = make()
    known.set(text, value)
  }
  return value
}

function parsed(text: string): ReadScope {
  // The text is our own, from `OriginTexts`; in a damaged file, the checksum-free text may be anything and the parser throws.
  const origin = JSON.parse(text) as Omit<ReadScope, 'attributes'> & { attributes: Tagged[] }
  const attributes: Record<string, AttributeValue> = {}
  for (const [key, value, type] of origin.attributes) define(attributes, key, untagged(value, type))
  return { ...origin, attributes: attributes satisfies AttributeSet }
}

function untagged(value: unknown, type: Tagged[2]): AttributeValue {
  if (type === 'i') return BigInt(String(value))
  if (type === 'b') return new Uint8Array(Buffer.from(String(value), 'base64'))
  if (type === 'd') return Number(value)
  // What JSON.parse makes is a value of attributes.
  return value as AttributeValue
}

/** Sets a key that may be `__proto__`. */
export function define<V>(target: Record<string, V>, key: string, value: V): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  else target[key] = value
}
