import type { StoredLog } from '../../store/events.ts'
import { jobOf } from '../../store/job.ts'
import { keysOfObjects } from './groups.ts'
import { type Json, jsonAttributes, jsonValue, textOf } from './json.ts'

/** Log records as JSON. Resources and scopes, which many records share, are written once. */
export interface LogRecords {
  readonly records: readonly Json[]
  /** `resource` of a record is an index of this list. */
  readonly resources: readonly Json[]
  /** `scope` of a record is an index of this list. */
  readonly scopes: readonly Json[]
}

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const

/** The level of a `SeverityNumber`: each has four numbers, and 0 is `unset`. */
export function levelOf(severity: number): string {
  return LEVELS[Math.floor((severity - 1) / 4)] ?? 'unset'
}

/** Log records for an answer of the API, see `docs/hub-api.md`. */
export function logRecords(logs: readonly StoredLog[]): LogRecords {
  const resources = new Interned()
  const scopes = new Interned()
  const records = logs.map((log): Json => {
    const { resource, scope } = log
    return {
      cursor: log.cursor,
      time: log.time.toString(),
      observedTime: log.observedTime.toString(),
      level: levelOf(log.severity),
      severity: log.severity,
      severityText: log.severityText,
      service: jobOf(resource.attributes),
      instance: textOf(resource.attributes, 'service.instance.id'),
      body: jsonValue(log.body),
      attributes: jsonAttributes(log.attributes),
      droppedAttributes: log.droppedAttributes,
      eventName: log.eventName,
      traceId: log.traceId,
      spanId: log.spanId,
      resource: resources.index(resource, () => ({
        attributes: jsonAttributes(resource.attributes),
        schemaUrl: resource.schemaUrl,
      })),
      scope: scopes.index(scope, () => ({
        name: scope.name,
        version: scope.version,
        attributes: jsonAttributes(scope.attributes),
      })),
    }
  })
  return { records, resources: resources.list, scopes: scopes.list }
}

/** Values in the order in which they first came, and the index of each. */
class Interned {
  readonly list: Json[] = []
  readonly #keyOf = keysOfObjects()
  readonly #indexes = new Map<string, number>()

  index(value: object, rendered: () => Json): number {
    const key = this.#keyOf(value)
    let index = this.#indexes.get(key)
    if (index === undefined) {
      index = this.list.push(rendered()) - 1
      this.#indexes.set(key, index)
    }
    return index
  }
}
