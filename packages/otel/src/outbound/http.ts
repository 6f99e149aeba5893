import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ClientRequest, IncomingMessage } from 'node:http'

import type { Span } from '@opentelemetry/api'
import { isDelivery } from '@sightline/core/delivery'
import type { FaultReporter } from '@sightline/core/telemetry'

import { beginClientSpan, endWithError, endWithStatus, type Outgoing } from './client-span.ts'

/** Node's own word of each request: published before its headers are written, in the context of whoever makes it. */
const CREATED = 'http.client.request.created'
const ANSWERED = 'http.client.response.finish'
const FAILED = 'http.client.request.error'

interface Message {
  readonly request: ClientRequest
  readonly response?: IncomingMessage
  readonly error?: unknown
}

/**
 * Shows the requests of `node:http` and `node:https` as spans, without a patch.
 *
 * @returns ends it
 */
export function observeHttp(fault: FaultReporter): () => void {
  const spans = new WeakMap<ClientRequest, Span>()
  const guarded = (work: (message: Message) => void) => (message: unknown) => {
    try {
      work(message as Message)
    } catch (error) {
      fault('the observation of an http request', error)
    }
  }

  const onCreated = guarded(({ request }) => {
    // Headers that were given as a list are written already: nothing can be added to them.
    if (isDelivery(request) || request.headersSent || headersWritten(request)) return
    const span = beginClientSpan(outgoingOf(request))
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

function headersWritten(request: ClientRequest): boolean {
  return (request as { _header?: string | null })._header != null
}

function outgoingOf(request: ClientRequest): Outgoing {
  const host = request.getHeader('host')
  const port = portOf(typeof host === 'string' ? host : '')
  return {
    method: request.method,
    protocol: request.protocol,
    host: request.host,
    port,
    path: request.path,
    header(name) {
      const value = request.getHeader(name)
      return value === undefined ? undefined : String(value)
    },
    setHeader: (name, value) => void request.setHeader(name, value),
  }
}

/** The port is in the header alone, and only if it is not the usual one. */
function portOf(host: string): number | undefined {
  const port = /:(\d{1,5})$/.exec(host)?.[1]
  return port === undefined ? undefined : Number(port)
}
