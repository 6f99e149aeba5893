import type { FaultReporter } from '../seam.ts'
import { type CallListener, type OutboundCall, watchCalls } from './call.ts'

interface UndiciRequest {
  readonly origin?: string | URL
  readonly path: string
  readonly method: string
  /** Alternating names and values; a string in old versions. */
  headers: Array<string | string[]> | string
  addHeader(name: string, value: string): unknown
}

/**
 * Watches the requests of `fetch` and of undici, including a version installed by the application:
 * https://github.com/nodejs/undici/blob/main/docs/docs/api/DiagnosticsChannel.md
 *
 * @returns stops it
 */
export function watchFetch(listener: CallListener, fault: FaultReporter): () => void {
  return watchCalls<UndiciRequest>(
    {
      name: 'a fetch',
      created: 'undici:request:create',
      answered: 'undici:request:headers',
      failed: 'undici:request:error',
      callOf,
    },
    listener,
    fault,
  )
}

function callOf(request: UndiciRequest): OutboundCall | undefined {
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
    open: true,
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
