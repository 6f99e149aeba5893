import {
  BAGGAGE_HEADER,
  baggageRules,
  type FaultReporter,
  frames,
  type OutboundCall,
  randomHex,
  registeredTracing,
  type RequestTracing,
  standIn,
  traceparentOf,
  watchFetch,
  watchHttp,
  wholeOf,
} from '@sightline/core/telemetry'

import { createSampler } from '../sampling.ts'
import type { Settings } from '../settings.ts'
import { hostRules } from '../tracing/hosts.ts'
import { createSettling } from '../tracing/settling.ts'
import { setTraceHeader } from './headers.ts'

/**
 * Propagates traces in a process that exports no spans. It registers nothing with OpenTelemetry's API. A
 * tracer registered there takes over tracing and propagation.
 *
 * @returns stops the propagation
 */
export function startCarrying(
  { sampling, propagateTo, propagators, outbound }: Settings,
  fault: FaultReporter,
): () => void {
  const allows = hostRules(propagateTo)
  // The Sightline that received the baggage has already filtered it.
  const baggage = baggageRules([])
  const tracing: RequestTracing = {
    ...createSettling(createSampler(sampling), propagators.trace),
    end() {},
    records: () => false,
  }

  /** Each outbound request gets its own parent id, as Trace Context recommends. */
  function carry(call: OutboundCall): undefined {
    const scope = frames().getStore()?.scope
    if (scope === undefined || !call.open || !allows(call.host) || registeredTracing() !== tracing) return
    const { trace } = scope
    const set = (name: string, value: string) => setTraceHeader(call, trace.traceId, name, value)
    if (propagators.trace) {
      // `context.inject` has already written the header.
      if (call.header('traceparent') === undefined)
        set('traceparent', traceparentOf({ ...trace, spanId: randomHex(8) }))
      if (trace.state !== undefined) set('tracestate', trace.state)
    }
    const members = propagators.baggage ? baggage.write(wholeOf(scope).baggage) : undefined
    if (members !== undefined) set(BAGGAGE_HEADER, members)
  }

  const stops = [standIn(tracing), ...(outbound ? [watchHttp(carry, fault), watchFetch(carry, fault)] : [])]
  return () => {
    for (const stop of stops) stop()
  }
}
