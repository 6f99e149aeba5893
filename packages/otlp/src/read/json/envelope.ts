import { ENVELOPE, ENVELOPES } from '../../fields.ts'
import type { Interned } from '../interned.ts'
import { type Message, messageIn, messagesIn, parse } from './tree.ts'
import type { JsonValues } from './values.ts'

const NOTHING: Message = {}

/** Reads one span, log record or metric. */
export type ReadMessage = (entry: Message, resource: number, scope: number) => void

/** Calls `read` for each entry of an export request. */
export function readEnvelope(
  body: Uint8Array,
  signal: keyof typeof ENVELOPES,
  { origins }: Interned,
  values: JsonValues,
  read: ReadMessage,
): void {
  const { resources, scopes, entries } = ENVELOPES[signal]
  for (const inResource of messagesIn(parse(body), resources)) {
    const schemaUrl = values.text(inResource, ENVELOPE.schemaUrl)
    const resource = values.resource(messageIn(inResource, ENVELOPE.resource) ?? NOTHING, schemaUrl)
    const resourceIndex = origins.resources.place(resource)
    for (const inScope of messagesIn(inResource, scopes)) {
      const scopeSchema = values.text(inScope, ENVELOPE.schemaUrl)
      const scope = values.scope(messageIn(inScope, ENVELOPE.scope) ?? NOTHING, scopeSchema)
      const scopeIndex = origins.scopes.place(scope)
      for (const entry of messagesIn(inScope, entries)) read(entry, resourceIndex, scopeIndex)
    }
  }
}
