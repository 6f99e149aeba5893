import { context as contextApi, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api'

/** The key with which OpenTelemetry's SDKs and instrumentations suppress tracing. The API shares keys by name. */
const SUPPRESSED = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING')

/** Runs `fn` without tracing: its queries and requests create no spans, with any SDK. */
export function untraced<T>(fn: () => T): T {
  return contextApi.with(ROOT_CONTEXT.setValue(SUPPRESSED, true), fn)
}
