import { type RequestTracing, startTrace, type TraceContext } from '@sightline/core/telemetry'

import type { Sampler } from '../sampling.ts'

/** Determines the trace position of a request: the part of core's tracing that needs no spans. */
export type Settling = Required<Pick<RequestTracing, 'settle' | 'sample'>>

/** @param followsCallers whether requests continue the traces of their callers */
export function createSettling(sampler: Sampler, followsCallers: boolean): Settling {
  const sample = ({ traceId, parentId, sampled }: TraceContext, target: string | undefined) =>
    sampler.sample(traceId, parentId === undefined ? undefined : sampled, target)
  return {
    sample,
    settle(request) {
      const begun =
        followsCallers || request.received.parentId === undefined ? request.received : startTrace()
      const sampled = sample(begun, request.target)
      return sampled === begun.sampled ? begun : { ...begun, sampled }
    },
  }
}
