import type { Serializers } from '../pino/pino-parts.ts'
/** Names in lines, bindings and options. These functions run for each line, so they copy only if they must. */
import type { Fields } from '../seam.ts'

/** Appends an underscore to the names that the logger itself writes. */
export function withoutClashes(fields: Fields, clashing: readonly string[]): Fields {
  let free = fields
  for (const name of clashing) {
    if (!Object.hasOwn(free, name)) continue
    const { [name]: value, ...others } = free
    free = { ...others, [`${name}_`]: value }
  }
  return free
}

/** Whether a name would occur twice in a line. */
export function shareName(bound: Fields, fields: object): boolean {
  for (const name in bound) if (Object.hasOwn(fields, name)) return true
  return false
}

/** The serializers of a logger, overridden by a child's. Also inherited ones: frameworks chain them by prototype. */
export function allOf(serializers: Serializers, more: Serializers): Serializers {
  const all = { ...serializers }
  for (const name in more) {
    const serializer = more[name]
    if (serializer) all[name] = serializer
  }
  return all
}

/** Whether an object has no enumerable property. */
export function isEmpty(options: object): boolean {
  for (const _name in options) return false
  return true
}

/** The name of an object's only property, if its value is a text. */
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
