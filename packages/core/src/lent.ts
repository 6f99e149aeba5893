import type { FaultReporter } from './fault.ts'

/** Puts properties on an object of a framework's, as far as the application lets it. */
export type Lend = (target: object, properties: Readonly<Record<string, unknown>>) => void

/**
 * Makes what puts an adapter's properties on the objects of its framework where plain assignment has failed. An
 * application may have an accessor of the same name, or one that must not be written: that one stays, and the first
 * request on which it is met is told about it. Never throws.
 *
 * @param shown what users call the object: `req`, `ctx`
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
