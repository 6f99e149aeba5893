import type { Condition } from '../../store/search.ts'

const kind = (value: string): Condition => ({ kind: 'field', field: 'kind', is: '=', value })

/** Spans with which a service begins to work on a request or message, of those that meet a condition. */
export function entrySpans(where: Condition): Condition {
  return { kind: 'all', of: [where, { kind: 'any', of: [kind('server'), kind('consumer')] }] }
}
