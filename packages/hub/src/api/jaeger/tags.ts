import type { Condition } from '../../store/search.ts'
import { parameterError, type Parameters, shown } from '../parameters.ts'

/** Most tags of one search. */
const MAX_TAGS = 32

/** Jaeger's names of what is a field here. */
const FIELDS: ReadonlyMap<string, string> = new Map([
  ['http.status_code', 'status'],
  ['http.response.status_code', 'status'],
  ['span.kind', 'kind'],
])

/**
 * Conditions for the tags of a search: `tags` as an object of JSON or as logfmt (`error=true http.status_code=500`), and `tag` as
 * `key:value`, any number of times.
 */
export function tagConditions(parameters: Parameters): readonly Condition[] {
  const tags: (readonly [string, string])[] = []
  for (const text of parameters.texts('tags')) if (text.trim() !== '') tags.push(...tagsOf(text.trim()))
  for (const text of parameters.texts('tag')) {
    const colon = text.indexOf(':')
    if (colon < 1) throw parameterError('tag', `must be key:value, not ${shown(text)}`)
    tags.push([text.slice(0, colon), text.slice(colon + 1)])
  }
  if (tags.length > MAX_TAGS) throw parameterError('tags', `has more than ${MAX_TAGS} tags`)
  return tags.map(([key, value]) => tagCondition(key, value))
}

/** `error=true` is a failed span, whatever its attributes are. */
function tagCondition(key: string, value: string): Condition {
  const failed: Condition = { kind: 'field', field: 'error', is: 'exists', value: '' }
  if (key === 'error' && value === 'true') return failed
  if (key === 'error' && value === 'false') return { kind: 'not', of: failed }
  return { kind: 'field', field: FIELDS.get(key) ?? key, is: '=', value }
}

function tagsOf(text: string): (readonly [string, string])[] {
  if (!text.startsWith('{')) return logfmtTags(text)
  const parsed = parsedJson(text)
  if (typeof parsed !== 'object' || parsed === null)
    throw parameterError('tags', `is no object of JSON: ${shown(text)}`)
  return Object.entries(parsed).map(([key, value]) => {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      throw parameterError('tags', `has a value of ${shown(key)} that is no text, number or boolean`)
    return [key, String(value)]
  })
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const LOGFMT = /(?<key>[^\s="]+)=(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<plain>[^\s"]*))(?=\s|$)\s*/y

function logfmtTags(text: string): (readonly [string, string])[] {
  const tags: (readonly [string, string])[] = []
  LOGFMT.lastIndex = 0
  while (LOGFMT.lastIndex < text.length) {
    const groups = LOGFMT.exec(text)?.groups
    if (groups === undefined) throw parameterError('tags', `must be JSON or key=value, not ${shown(text)}`)
    tags.push([groups['key'] ?? '', groups['plain'] ?? (groups['quoted'] ?? '').replace(/\\(.)/g, '$1')])
  }
  return tags
}
