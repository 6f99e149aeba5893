import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'

/** Sets the headers that all answers have. */
export function secure(res: ServerResponse): void {
  res.setHeader(
    'content-security-policy',
    "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
  )
  res.setHeader('x-content-type-options', 'nosniff')
  res.setHeader('x-frame-options', 'DENY')
  res.setHeader('referrer-policy', 'no-referrer')
  res.setHeader('cross-origin-resource-policy', 'same-origin')
  res.setHeader('cache-control', 'no-store')
}

/** Ends a response with a body. Node.js leaves the body out in an answer to HEAD. */
export function reply(
  res: ServerResponse,
  status: number,
  type: string,
  body: string | Uint8Array,
  headers: OutgoingHttpHeaders = {},
): void {
  if (res.headersSent || res.destroyed) return
  res.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body), ...headers })
  res.end(body)
}

/** Answers with one sentence. */
export function say(
  res: ServerResponse,
  status: number,
  sentence: string,
  headers?: OutgoingHttpHeaders,
): void {
  reply(res, status, 'text/plain; charset=utf-8', `${sentence}\n`, headers)
}

/** Answers an API request with an error, in the form of Prometheus' HTTP API. */
export function sayJson(
  res: ServerResponse,
  status: number,
  errorType: string,
  error: string,
  headers?: OutgoingHttpHeaders,
): void {
  reply(res, status, 'application/json', JSON.stringify({ status: 'error', errorType, error }), headers)
}

/** Answers with the address of another page. */
export function redirect(res: ServerResponse, location: string, headers?: OutgoingHttpHeaders): void {
  reply(res, 303, 'text/plain; charset=utf-8', `See ${location}\n`, { location, ...headers })
}

/** Makes a text safe between the tags and in the attributes of HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
