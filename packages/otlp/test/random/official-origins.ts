import type { Message } from '@sightline/servers/otlp'

import type { Row } from './columns.ts'
import { set } from './official-values.ts'

/** What a reader should read: the rows of a request that the official definitions have decoded. */
export interface Expected {
  readonly rows: readonly Row[]
  readonly rejected: number
}

/** A span, metric or log record with everything around it. */
interface Entry {
  readonly resource: Message
  readonly scope: Message
  /** Of the resource and the scope. */
  readonly schemas: readonly [string, string]
  readonly entry: Message
}

/** All entries of a request. */
export function entries(signal: 'traces' | 'metrics' | 'logs', request: Message): Entry[] {
  const [first, second, third] = {
    traces: ['resourceSpans', 'scopeSpans', 'spans'],
    metrics: ['resourceMetrics', 'scopeMetrics', 'metrics'],
    logs: ['resourceLogs', 'scopeLogs', 'logRecords'],
  }[signal] as [string, string, string]
  return (request[first] ?? []).flatMap((inResource: Message) =>
    (inResource[second] ?? []).flatMap((inScope: Message) =>
      (inScope[third] ?? []).map((entry: Message) => ({
        resource: inResource.resource ?? {},
        scope: inScope.scope ?? {},
        schemas: [inResource.schemaUrl ?? '', inScope.schemaUrl ?? ''],
        entry,
      })),
    ),
  )
}

/** The resource and the scope of an entry. */
export function originOf({ resource, scope, schemas: [resourceSchema, scopeSchema] }: Entry): Row {
  return {
    resource: {
      attributes: set(resource.attributes),
      droppedAttributes: resource.droppedAttributesCount ?? 0,
      schemaUrl: resourceSchema,
    },
    scope: {
      name: scope.name ?? '',
      version: scope.version ?? '',
      attributes: set(scope.attributes),
      droppedAttributes: scope.droppedAttributesCount ?? 0,
      schemaUrl: scopeSchema,
    },
  }
}
