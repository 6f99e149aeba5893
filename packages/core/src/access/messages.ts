/** Headers and bodies of an exchange for the access event, masked. */
import type { BodyOptions, LogOptions } from '../options/options.ts'
import { sentHeaders } from '../printing/heads.ts'
import type { Printer } from '../printing/printer.ts'
import type { Exchange, Fields } from '../seam.ts'
import { KeptBodies } from './bodies.ts'
import type { Rule } from './event.ts'

const MAX_BODY_BYTES = 4_096

type Headers = Readonly<Record<string, unknown>>

/** The rule that adds headers and bodies to access events, and the buffers of bodies. */
export interface Messages {
  readonly rule: Rule
  /** Makes the buffer of a new request. Absent: bodies are off. */
  readonly keep: (() => KeptBodies) | undefined
}

/** Makes the rule for the options `headers` and `bodies`. `undefined`: both are off. */
export function createMessages(
  { headers = false, bodies = false }: Pick<LogOptions, 'headers' | 'bodies'>,
  printer: Printer,
): Messages | undefined {
  if (headers === false && bodies === false) return undefined
  const { maxBytes = MAX_BODY_BYTES, routes }: BodyOptions = typeof bodies === 'object' ? bodies : {}
  const named = Array.isArray(headers) ? new Set(headers.map((name) => name.toLowerCase())) : undefined

  function headersOf({ req, res }: Exchange): Fields {
    if (headers === false) return {}
    const wanted = (all: Headers) =>
      Object.fromEntries(
        Object.entries(all).filter(([name]) => named === undefined || named.has(name.toLowerCase())),
      )
    return { request_headers: wanted(req.headers), response_headers: wanted(sentHeaders(res)) }
  }

  function bodiesOf(both: KeptBodies | undefined, { req, res }: Exchange, route: string | undefined): Fields {
    if (both === undefined || (routes && (route === undefined || !routes.includes(route)))) return {}
    const sent = sentHeaders(res)
    return {
      request_body: both.request.shown(textOf(req.headers, 'content-type'), encodingOf(req.headers), printer),
      response_body: both.response.shown(textOf(sent, 'content-type'), encodingOf(sent), printer),
    }
  }

  return {
    rule(record, { exchange, bodies: both }) {
      const said = { ...headersOf(exchange), ...bodiesOf(both, exchange, record.route) }
      return { fields: printer.fields(said) }
    },
    keep: bodies === false ? undefined : () => new KeptBodies(maxBytes),
  }
}

function textOf(headers: Headers, name: string): string {
  const value = headers[name]
  return typeof value === 'string' ? value : ''
}

function encodingOf(headers: Headers): string {
  return textOf(headers, 'content-encoding').toLowerCase()
}
