import type { Attributes, Values } from './values.ts'
import { type Prepared, type Writer, field } from './writer.ts'

/** The instrumentation library that made a span, a metric or a log record; not the service. */
export interface Scope {
  readonly name: string
  readonly version?: string | undefined
  readonly attributes?: Attributes | undefined
}

const SCOPE = field(1, 'scope')
const NAME = field(1, 'name')
const VERSION = field(2, 'version')
const ATTRIBUTES = field(3, 'attributes')

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
        writer.open(SCOPE)
        writer.text(NAME, scope.name)
        if (scope.version) writer.text(VERSION, scope.version)
        values.attributes(ATTRIBUTES, scope.attributes)
        writer.close()
      })
      prepared.set(scope, known)
    }
    return known
  }
}
