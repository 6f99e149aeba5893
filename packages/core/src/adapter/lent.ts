import type { FaultReporter } from '../seam.ts'

/** Defines properties on a framework object, as far as the application allows it. */
export type Lend = (target: object, properties: Readonly<Record<string, unknown>>) => void

/**
 * Creates a function that defines an adapter's properties on framework objects if plain assignment fails. An
 * application may have an accessor of the same name, or a read-only property. That one stays, and is reported
 * with the first request that has it. Never throws.
 *
 * @param shown the users' name of the object: `req`, `ctx`
 */
export function lender(shown: string, fault: FaultReporter): Lend {
  const told = new Set<string>()
  return (target, properties) => {
    for (const [name, value] of Object.entries(properties)) {
      const refusal = refusalOf(target, name, value)
      if (refusal === undefined || told.has(name)) continue
      told.add(name)
      fault(
        `setting ${shown}.${name}`,
        new TypeError(`the application has a ${shown}.${name} of its own, which stays: ${refusal}`),
      )
    }
  }
}

function refusalOf(target: object, name: string, value: unknown): string | undefined {
  const properties = target as Record<string, unknown>
  try {
    properties[name] = value
    return properties[name] === value ? undefined : 'it has taken no other value'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
