/** A log record, as the hub tells of it. Times are nanoseconds since 1970, as text. */
export interface Log {
  readonly cursor: string
  readonly time: string
  readonly level: string
  readonly service: string
  readonly instance: string
  readonly body: unknown
  readonly attributes: Readonly<Record<string, unknown>>
  readonly eventName: string
  readonly traceId: string
  readonly spanId: string
  /** The attributes of the process that wrote it. */
  readonly resource: Readonly<Record<string, unknown>>
}

/** A page of log records. */
export interface Page {
  readonly logs: readonly Log[]
  /** Continues the page: older records, or those that came later. */
  readonly next: string | null
  /** Of a first page: `after` this is what arrives later. */
  readonly tail?: string | null
  readonly complete: boolean
}

/** The answer of `/api/logs` and `/api/logs/around`. `resource` of a record is a position in a list. */
export interface LogsAnswer {
  readonly logs: ReadonlyArray<Omit<Log, 'resource'> & { readonly resource: number }>
  readonly resources: ReadonlyArray<{ readonly attributes: Readonly<Record<string, unknown>> }>
  readonly next?: string | null
  readonly tail?: string | null
  readonly complete?: boolean
}

/** Gives each record the attributes of its resource. */
export function pageOf({ logs, resources, next = null, tail, complete = true }: LogsAnswer): Page {
  return {
    logs: logs.map((log) => ({ ...log, resource: resources[log.resource]?.attributes ?? {} })),
    next,
    tail: tail ?? null,
    complete,
  }
}

/** What a record says: its body, or the name of its event. */
export const messageOf = ({ body, eventName }: Pick<Log, 'body' | 'eventName'>): string =>
  body === null || body === undefined || body === '' ? eventName : textOf(body)

/** A value as text. Objects are JSON. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** Short names of attributes in a line, in this order. The others follow under their own names. */
const SHORT: ReadonlyArray<readonly [key: string, name: string]> = [
  ['http.request.method', 'method'],
  ['method', 'method'],
  ['http.route', 'route'],
  ['route', 'route'],
  ['http.response.status_code', 'status'],
  ['status', 'status'],
  ['duration_ms', 'duration_ms'],
  ['outcome', 'outcome'],
  ['error.type', 'error.type'],
  ['exception.type', 'error.type'],
]
/** What is only in the opened record: long, or said by another attribute. */
const LONG = ['exception.stacktrace', 'exception.message', 'url.path', 'url.scheme', 'path']
const KNOWN = new Set([...SHORT.map(([key]) => key), ...LONG])
/** Characters of a value in a line. */
const LONGEST = 120

/** The attributes of a record as they stand behind its message in a line. */
export function fieldsOf({
  attributes,
}: Pick<Log, 'attributes'>): Array<readonly [name: string, value: string]> {
  const fields = new Map<string, string>()
  for (const [key, name] of SHORT)
    if (key in attributes && !fields.has(name)) fields.set(name, lineText(attributes[key]))
  for (const [key, value] of Object.entries(attributes)) if (!KNOWN.has(key)) fields.set(key, lineText(value))
  return [...fields]
}

function lineText(value: unknown): string {
  const isFraction = typeof value === 'number' && !Number.isInteger(value)
  const text = isFraction ? String(Number(value.toFixed(3))) : (textOf(value) ?? '')
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

/** The levels, least grave first. */
export const LEVELS = ['unset', 'trace', 'debug', 'info', 'warn', 'error', 'fatal']

/** The lane and colour of a level. */
export const graveOf = (level: string): string => (level === 'fatal' ? 'error' : level)

/** The name of an instance as it fits into a column: its beginning and its end, which tells it from the others. */
export const shortName = (name: string): string =>
  name.length <= 11 ? name : `${name.slice(0, 8)}…${name.slice(-2)}`
