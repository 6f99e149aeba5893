import type { Serializers } from '../pino/pino-parts.ts'
/** Which names stand in a line, in bindings, in options: asked for each line, without a copy where there is none to make. */
import type { Fields } from '../seam.ts'

/** Fields with an underscore behind the names that the logger itself writes. */
export function withoutClashes(fields: Fields, clashing: readonly string[]): Fields {
  let free = fields
  for (const name of clashing) {
    if (!Object.hasOwn(free, name)) continue
    const { [name]: value, ...others } = free
    free = { ...others, [`${name}_`]: value }
  }
  return free
}

/** Whether a name would stand in a line twice. */
export function shareName(bound: Fields, fields: object): boolean {
  for (const name in bound) if (Object.hasOwn(fields, name)) return true
  return false
}

/** The serializers of a logger, with those of a child over them. Frameworks let them inherit from each other. */
export function allOf(serializers: Serializers, more: Serializers): Serializers {
  const all = { ...serializers }
  for (const name in more) {
    const serializer = more[name]
    if (serializer) all[name] = serializer
  }
  return all
}

/** Whether an object has no property. */
export function isEmpty(options: object): boolean {
  for (const _name in options) return false
  return true
}

/** The name of the only property of an object, where its value is a text. */
export function nameOfOnlyText(fields: object): string | undefined {
  let only: string | undefined
  try {
    for (const name in fields) {
      if (only !== undefined) return undefined
      only = name
    }
    return only !== undefined && typeof (fields as Fields)[only] === 'string' ? only : undefined
  } catch {
    return undefined
  }
}
