import type { StoredAttributes, StoredValue } from '../../../events.ts'
import { jobOf } from '../../../job.ts'
import { valueOf } from '../blocks/shared-block.ts'
import type { View } from './view.ts'

/** The values of a field in the rows of a block. Rows with equal codes have equal values, so a value is tested once. */
export interface FieldColumn {
  /** -1 for a row without the field. */
  code(row: number): number
  value(code: number): StoredValue
}

/** Keys of attributes for a field. The first that a row has counts. Those of the event come before those of its resource. */
export interface AttributeKeys {
  readonly event: readonly string[]
  readonly resource: readonly string[]
  /** What the value is of a resource that has one of the keys. Default: the attribute. */
  readonly computed?: (attributes: StoredAttributes) => StoredValue
}

/** The keys of the known fields that are attributes. Names of OpenTelemetry's conventions come first. */
export const KNOWN_KEYS: Readonly<Record<string, AttributeKeys>> = {
  service: { event: [], resource: ['service.name'], computed: jobOf },
  version: { event: [], resource: ['service.version'] },
  instance: { event: [], resource: ['service.instance.id'] },
  env: { event: [], resource: ['deployment.environment.name', 'deployment.environment', 'env'] },
  route: { event: ['http.route', 'route'], resource: [] },
  httpStatus: {
    event: ['http.response.status_code', 'http.status_code', 'status', 'status_code', 'statusCode'],
    resource: [],
  },
  logDuration: { event: ['duration_ms', 'duration', 'responseTime'], resource: [] },
  error: {
    event: ['exception.type', 'error.type', 'err.type', 'exception.message', 'err.message', 'error.message'],
    resource: [],
  },
}

/** The keys of a field: those of a known field, else the field itself. */
export function keysOf(field: string): AttributeKeys {
  return (
    (Object.hasOwn(KNOWN_KEYS, field) ? KNOWN_KEYS[field] : undefined) ?? {
      event: [field],
      resource: [field],
    }
  )
}

/** A field that is an attribute of the events or of their resources. */
export function attributeColumn(view: View, { event, resource, computed }: AttributeKeys): FieldColumn {
  const { strings, attributes, lists } = view
  /** For each attribute of the block, the rank of its key, -1 for other keys. */
  const ranks = new Int8Array(attributes.size).fill(-1)
  const wanted = new Map<number, number>()
  if (event.length > 0) {
    for (let i = 0; i < attributes.size; i++) {
      const key = attributes.keys[i] ?? 0
      let rank = wanted.get(key)
      if (rank === undefined) {
        rank = event.indexOf(strings.at(key))
        wanted.set(key, rank)
      }
      ranks[i] = rank
    }
  }
  const some = [...wanted.values()].some((rank) => rank >= 0)
  const ofResources = new Map<number, StoredValue | undefined>()
  const ofResource = (number: number) => {
    if (!ofResources.has(number)) {
      const values = view.resourceOf(number).attributes
      const key = resource.find((each) => Object.hasOwn(values, each))
      ofResources.set(number, key === undefined ? undefined : (computed?.(values) ?? values[key]))
    }
    return ofResources.get(number)
  }
  return {
    code: (row) => {
      let best = -1
      if (some) {
        const end = lists.offsets[row + 1] ?? 0
        for (let i = lists.offsets[row] ?? 0; i < end; i++) {
          const number = lists.numbers[i] ?? 0
          const rank = ranks[number] ?? -1
          if (rank >= 0 && (best < 0 || rank < (ranks[best] ?? 0))) best = number
        }
      }
      if (best >= 0 || resource.length === 0) return best
      const number = view.resource[row] ?? 0
      return ofResource(number) === undefined ? -1 : attributes.size + number
    },
    value: (code) =>
      code < attributes.size
        ? valueOf(strings, attributes.types[code] ?? 0, attributes.numbers[code] ?? 0)
        : (ofResource(code - attributes.size) ?? null),
  }
}

/** A field whose values are computed for each row. `undefined` is a row without it. */
export function computedColumn(value: (row: number) => StoredValue | undefined): FieldColumn {
  return { code: (row) => (value(row) === undefined ? -1 : row), value: (row) => value(row) ?? null }
}

/** A field that is a column of numbers of strings. The empty text is a row without it. */
export function textColumn({ strings }: View, numbers: Float64Array): FieldColumn {
  return {
    code: (row) => {
      const number = numbers[row] ?? 0
      return number > 0 ? number : -1
    },
    value: (number) => strings.at(number),
  }
}
