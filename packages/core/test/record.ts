import type { RequestRecord } from '../src/index.ts'

/** A record in which only what a test is about has to be said. */
export function record(differences: Partial<RequestRecord> = {}): RequestRecord {
  return {
    id: 'id-1',
    method: 'GET',
    route: '/r',
    path: '/r',
    status: 200,
    outcome: 'completed',
    startedAt: 1_700_000_000_000,
    durationMs: 1,
    ttfbMs: 1,
    streamed: false,
    requestBytes: 0,
    responseBytes: 0,
    scheme: 'http',
    clientIp: '127.0.0.1',
    userAgent: undefined,
    trace: {
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      parentId: undefined,
      sampled: false,
      state: undefined,
    },
    fields: {},
    error: undefined,
    ...differences,
  }
}
