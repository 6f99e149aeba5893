import type { Api } from '../api/api.ts'

/** A field of the search language, and what it is, in a few words. */
export type Field = readonly [name: string, about: string]

const COMMON: readonly Field[] = [
  ['service', 'name of the service'],
  ['route', 'such as /orders/:id'],
  ['status', 'of the response: 503, 5xx'],
  ['error', 'type and message of exceptions'],
  ['instance', 'of a service'],
  ['version', 'of a service'],
  ['env', 'environment'],
  ['trace', 'id of a trace'],
  ['span', 'id of a span'],
]

/** The fields of log records. */
export const LOG_FIELDS: readonly Field[] = [
  ['level', 'level, or level>= for it and above'],
  ['message', 'words of the message'],
  ...COMMON,
]

/** The fields of spans. */
export const SPAN_FIELDS: readonly Field[] = [
  ['duration', 'such as duration>250ms'],
  ['name', 'of the span'],
  ['kind', 'server, client, producer, consumer'],
  ...COMMON,
]

/** The most frequent values of a field. */
export interface Facet {
  readonly field: string
  readonly values: ReadonlyArray<{ readonly value: string; readonly count: number }>
}

/** What a search box asks for: values of one field, or without it those of the usual fields, among the events that a search finds. */
interface Asked {
  readonly field: string | undefined
  readonly q: string
  readonly from: number
  readonly to: number
}

/** Loads the most frequent values of fields. */
export type Values = (api: Api, asked: Asked, signal?: AbortSignal) => Promise<readonly Facet[]>

/** Values in log records. */
export const logValues: Values = async (api, { field, q, from, to }, signal) => {
  const fields = field ?? 'level,service,route,instance,version,error'
  const { facets } = await api.get<{ facets: Facet[] }>('/api/logs/facets', { fields, q, from, to }, signal)
  return facets
    .map((facet) => ({ ...facet, values: facet.values.filter(({ value }) => value !== '') }))
    .filter(({ values }) => values.length > 0)
}

interface Explained {
  readonly attributes: ReadonlyArray<{
    readonly key: string
    readonly values: ReadonlyArray<{
      readonly value: string
      readonly inside: number
      readonly outside: number
    }>
  }>
}

/** Values in spans: those that tell failed spans from others come first. */
export const spanValues: Values = async (api, { field, q, from, to }, signal) => {
  const { attributes } = await api.get<Explained>('/api/explain', { q, from, to, status: 'error' }, signal)
  return attributes
    .filter(({ key }) => field === undefined || key === field)
    .map(({ key, values }) => ({
      field: key,
      values: values
        .map(({ value, inside, outside }) => ({ value, count: inside + outside }))
        .toSorted((a, b) => b.count - a.count),
    }))
}
