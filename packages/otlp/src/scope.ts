import { ENVELOPE, SCOPE } from './fields.ts'
import type { Attributes, Values } from './values.ts'
import type { Prepared, Writer } from './writer.ts'

/** The instrumentation library that made a span, a metric or a log record; not the service. */
export interface Scope {
  readonly name: string
  readonly version?: string | undefined
  readonly attributes?: Attributes | undefined
}

/**
 * Creates a function that prepares each scope once. Scopes are compared by identity: use the same object
 * again.
 */
export function scopesOf(writer: Writer, values: Values): (scope: Scope) => Prepared {
  const prepared = new WeakMap<Scope, Prepared>()
  return (scope) => {
    let known = prepared.get(scope)
    if (known === undefined) {
      known = writer.prepare(() => {
        writer.open(ENVELOPE.scope)
        writer.text(SCOPE.name, scope.name)
        if (scope.version) writer.text(SCOPE.version, scope.version)
        values.attributes(SCOPE.attributes, scope.attributes)
        writer.close()
      })
      prepared.set(scope, known)
    }
    return known
  }
}
