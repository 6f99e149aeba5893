import { subscribe, unsubscribe } from 'node:diagnostics_channel'

import type { Span } from '@opentelemetry/api'
import type { FaultReporter } from '@sightline/core/telemetry'

import { beginClientSpan, endWithError, endWithStatus, type Outgoing } from './client-span.ts'

/**
 * What undici says of its requests, that of `fetch` and the one that an application has installed alike:
 * https://github.com/nodejs/undici/blob/main/docs/docs/api/DiagnosticsChannel.md
 */
const CREATED = 'undici:request:create'
const ANSWERED = 'undici:request:headers'
const FAILED = 'undici:request:error'

interface UndiciRequest {
  readonly origin?: string | URL
  readonly path: string
  readonly method: string
  /** Names and values in turn; a text in old versions. */
  headers: Array<string | string[]> | string
  addHeader(name: string, value: string): unknown
}

interface Message {
  readonly request: UndiciRequest
  readonly response?: { readonly statusCode: number }
  readonly error?: unknown
}

/**
 * Shows the requests of `fetch` and undici as spans, without a patch.
 *
 * @returns ends it
 */
export function observeFetch(fault: FaultReporter): () => void {
  const spans = new WeakMap<UndiciRequest, Span>()
  const guarded = (work: (message: Message) => void) => (message: unknown) => {
    try {
      work(message as Message)
    } catch (error) {
      fault('the observation of a fetch', error)
    }
  }

  const onCreated = guarded(({ request }) => {
    const outgoing = outgoingOf(request)
    const span = outgoing && beginClientSpan(outgoing)
    if (span) spans.set(request, span)
  })
  const onAnswered = guarded(({ request, response }) => {
    const span = spans.get(request)
    if (span) endWithStatus(span, response?.statusCode ?? 0)
    spans.delete(request)
  })
  const onFailed = guarded(({ request, error }) => {
    const span = spans.get(request)
    if (span) endWithError(span, error)
    spans.delete(request)
  })
  const listeners = [
    [CREATED, onCreated],
    [ANSWERED, onAnswered],
    [FAILED, onFailed],
  ] as const
  for (const [channel, listener] of listeners) subscribe(channel, listener)
  return () => {
    for (const [channel, listener] of listeners) unsubscribe(channel, listener)
  }
}

function outgoingOf(request: UndiciRequest): Outgoing | undefined {
  const url = request.origin === undefined ? null : URL.parse(String(request.origin))
  if (url === null) return undefined
  const place = (name: string) =>
    Array.isArray(request.headers)
      ? request.headers.findIndex((each, i) => i % 2 === 0 && String(each).toLowerCase() === name)
      : -1
  return {
    method: request.method,
    protocol: url.protocol,
    host: url.hostname,
    port: url.port === '' ? undefined : Number(url.port),
    path: request.path,
    header(name) {
      const at = place(name)
      return at < 0 ? undefined : String(request.headers[at + 1])
    },
    setHeader(name, value) {
      const at = place(name)
      if (at < 0) request.addHeader(name, value)
      else if (Array.isArray(request.headers)) request.headers[at + 1] = value
    },
  }
}
