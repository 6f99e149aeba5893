/** Prints requests and responses of any library as a short summary, without the library's internals. */
import type { Fields } from '../seam.ts'

type Headers = Readonly<Record<string, unknown>>

/** A value that may be a request or a response. Each field is checked before use. */
interface Message {
  readonly method?: unknown
  readonly url?: unknown
  readonly originalUrl?: unknown
  readonly path?: unknown
  readonly origin?: unknown
  readonly protocol?: unknown
  readonly host?: unknown
  readonly headers?: unknown
  readonly header?: unknown
  readonly sentHeaders?: unknown
  readonly status?: unknown
  readonly statusCode?: unknown
  readonly raw?: unknown
  readonly res?: unknown
  readonly getHeaders?: unknown
  readonly _currentRequest?: unknown
}

/**
 * The summary of a request or response: method, target, headers and status, as far as they are known.
 * `undefined` for any other value.
 */
export function messageFields(value: object, tag: string): Fields | undefined {
  const message: Message = value
  if (tag === 'Request' || tag === 'Response') {
    // A `Request` or `Response` of the fetch standard, from any library.
    if (typeof message.url === 'string' && isObject(message.headers)) return fieldsOf(message)
  }
  if (isStream(value)) return streamFields(message)
  // Fastify wraps node's objects, and undici's requests are plain objects.
  if ('raw' in value && 'log' in value && isObject(message.raw) && isStream(message.raw))
    return streamFields(message.raw)
  const { method, path, origin } = message
  return typeof method === 'string' &&
    typeof path === 'string' &&
    (typeof origin === 'string' || origin instanceof URL) &&
    'headers' in value
    ? { method, url: `${String(origin)}${path}`, headers: message.headers }
    : undefined
}

/** Whether a value is a stream, as all of node's requests and responses are. */
export function isStream(value: object): boolean {
  const { pipe, on } = value as { readonly pipe?: unknown; readonly on?: unknown }
  return typeof pipe === 'function' && typeof on === 'function'
}

function streamFields(message: Message): Fields | undefined {
  const {
    sentHeaders: streamed,
    getHeaders,
    method,
    path,
    headers,
    header,
    _currentRequest: current,
  } = message
  if (isObject(streamed)) {
    const sent = streamed as Headers
    return known({ method: sent[':method'], url: sent[':path'], status: sent[':status'], headers: sent })
  }
  if (typeof getHeaders === 'function') {
    const sent = sentHeaders(message as OutgoingHead)
    if (typeof method !== 'string' || typeof path !== 'string')
      return known({ status: message.statusCode, headers: sent })
    const { statusCode } = (isObject(message.res) ? message.res : {}) as Message
    return known({ method, url: targetOf(message, sent.host), status: statusCode, headers: sent })
  }
  // follow-redirects, used by axios, holds its current request in this field.
  if (isObject(current) && isStream(current)) return streamFields(current)
  return isObject(headers ?? header) ? fieldsOf(message) : undefined
}

function fieldsOf({ method, url, originalUrl, headers, header, status, statusCode }: Message): Fields {
  return known({ method, url: originalUrl ?? url, status: status ?? statusCode, headers: headers ?? header })
}

/** The target of a `node:http` request. */
function targetOf({ protocol, host, path }: Message, named: unknown): string {
  return typeof protocol === 'string' ? `${protocol}//${String(named ?? host)}${String(path)}` : String(path)
}

interface OutgoingHead {
  readonly _header?: unknown
  getHeaders(): Headers
}

/** The headers as sent. Node forgets headers given to `writeHead` alone, or as a list, but keeps their text. */
export function sentHeaders(outgoing: OutgoingHead): Headers {
  const { _header: text } = outgoing
  if (typeof text !== 'string') return outgoing.getHeaders()
  const headers: Record<string, string | string[]> = {}
  for (const line of text.split('\r\n').slice(1)) {
    const colon = line.indexOf(':')
    if (colon <= 0) continue
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    const before = headers[name]
    headers[name] = before === undefined ? value : [...[before].flat(), value]
  }
  return headers
}

/** Removes unset fields: a server's request has no status, a client's response no method. */
function known(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null && value !== ''),
  )
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
