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
 * Passes traces on in a process that sends no spans. Nothing is registered with OpenTelemetry's API: whoever registers
 * there traces, and passes on by its own rules.
 *
 * @returns ends it
 */
export function startCarrying(
  { sampling, propagateTo, propagators, outbound }: Settings,
  fault: FaultReporter,
): () => void {
  const allows = hostRules(propagateTo)
  // What a Sightline has let into its baggage may go on.
  const baggage = baggageRules([])
  const tracing: RequestTracing = {
    ...createSettling(createSampler(sampling), propagators.trace),
    end() {},
    records: () => false,
  }

  /** Each request to others has an id of its own, as the recommendation wants it. */
  function carry(call: OutboundCall): undefined {
    const scope = frames().getStore()?.scope
    if (scope === undefined || !call.open || !allows(call.host) || registeredTracing() !== tracing) return
    const { trace } = scope
    const set = (name: string, value: string) => setTraceHeader(call, trace.traceId, name, value)
    if (propagators.trace) {
      // What `context.inject` has written says all of it.
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
