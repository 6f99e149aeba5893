import type { ClientRequest } from 'node:http'

import type { FaultReporter } from '../seam.ts'
import { type CallListener, type OutboundCall, watchCalls } from './call.ts'

/**
 * Watches the requests of `node:http` and `node:https`, before their headers are written. Telemetry is
 * delivered by other means.
 *
 * @returns stops it
 */
export function watchHttp(listener: CallListener, fault: FaultReporter): () => void {
  return watchCalls<ClientRequest>(
    {
      name: 'an http request',
      created: 'http.client.request.created',
      answered: 'http.client.response.finish',
      failed: 'http.client.request.error',
      callOf,
    },
    listener,
    fault,
  )
}

/** Headers given as a list are already written: none can be added. */
function headersWritten(request: ClientRequest): boolean {
  return (request as { _header?: string | null })._header != null
}

function callOf(request: ClientRequest): OutboundCall {
  const host = request.getHeader('host')
  const port = portOf(typeof host === 'string' ? host : '')
  return {
    method: request.method,
    protocol: request.protocol,
    host: request.host,
    port,
    path: request.path,
    open: !request.headersSent && !headersWritten(request),
    header(name) {
      const value = request.getHeader(name)
      return value === undefined ? undefined : String(value)
    },
    setHeader: (name, value) => void request.setHeader(name, value),
  }
}

/** The header names the port only if it is not the default. */
function portOf(host: string): number | undefined {
  const port = /:(\d{1,5})$/.exec(host)?.[1]
  return port === undefined ? undefined : Number(port)
}
