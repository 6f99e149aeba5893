import { EventEmitter, once } from 'node:events'

import { afterEach, beforeEach, expect, it } from '@jest/globals'
import {
  context as api,
  createContextKey,
  propagation,
  ROOT_CONTEXT,
  trace as traceApi,
} from '@opentelemetry/api'
import { createSightline, type Sightline } from '@sightline/core'
import type { Frame } from '@sightline/core/telemetry'
import type { FinishedSpan } from '@sightline/otlp'

import { registerTracing } from '../src/tracing/registration.ts'
import { ScopeContext } from '../src/tracing/scope-context.ts'

const KEY = createContextKey('a key')
let spans: FinishedSpan[]
let unregister: (() => void) | undefined
let sightline: Sightline

beforeEach(() => {
  spans = []
  unregister = registerTracing({ sink: { request() {}, span: (span) => void spans.push(span) } })
  sightline = createSightline({ log: { level: 'silent' }, baggage: ['tenant'] })
})
afterEach(async () => {
  unregister?.()
  await sightline.close()
})

it('keeps values and spans apart between those who run side by side', async () => {
  const seen = await Promise.all(
    [1, 2, 3].map((n) =>
      api.with(api.active().setValue(KEY, n), async () => {
        await new Promise(setImmediate)
        return api.active().getValue(KEY)
      }),
    ),
  )
  expect(seen).toEqual([1, 2, 3])
  expect(api.active()).toBe(ROOT_CONTEXT)
})

it('knows the request or job of a context that somebody has bound to a callback', () => {
  let bound = (): string | undefined => undefined
  sightline.context.run({ task: 'a' }, () => {
    bound = api.bind(api.active(), () => sightline.context.current()?.fields.task as string)
  })
  sightline.context.run({ task: 'b' }, () => {
    expect(bound()).toBe('a')
    expect(sightline.context.current()?.fields).toEqual({ task: 'b' })
  })
})

it('keeps the request or job where somebody switches to a context of their own', () => {
  sightline.context.run({ task: 'a' }, () =>
    api.with(ROOT_CONTEXT, () => {
      expect(sightline.context.current()?.fields).toEqual({ task: 'a' })
      expect(traceApi.getActiveSpan()).toBeUndefined()
    }),
  )
})

it('passes values and a span on into the jobs that are started within', () => {
  const tracer = traceApi.getTracer('test')
  tracer.startActiveSpan('outer', (outer) => {
    api.with(api.active().setValue(KEY, 'value'), () =>
      sightline.context.run({ task: 'a' }, () => {
        expect(api.active().getValue(KEY)).toBe('value')
      }),
    )
    outer.end()
  })
  sightline.trace('operation', () =>
    tracer.startActiveSpan('by hand', (span) => {
      sightline.context.run({ task: 'b' }, () => expect(traceApi.getActiveSpan()).toBe(span))
      span.end()
    }),
  )
  expect(spans.map(({ name, parentSpanId }) => [name, parentSpanId])).toEqual([
    ['outer', undefined],
    ['by hand', spans[2]?.spanId],
    ['operation', undefined],
  ])
})

it('gives what is traced in a job the trace of the job, and its sender as parent', () => {
  const from = sightline.context.extract({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` })
  sightline.context.run({}, () => traceApi.getTracer('test').startSpan('received').end(), from)
  sightline.context.run({}, () => {
    sightline.trace('own', () => {})
    expect(spans[1]?.traceId).toBe(sightline.context.current()?.trace.traceId)
  })
  expect(spans).toMatchObject([
    { traceId: 'a'.repeat(32), parentSpanId: 'b'.repeat(16), parentIsRemote: true },
    { name: 'own' },
  ])
  expect(spans[1]?.parentSpanId).toBeUndefined()
})

it('runs the listeners of an emitter that was bound in its context, and takes them away again', async () => {
  const emitter = new EventEmitter()
  const seen: unknown[] = []
  const listener = () => void seen.push(api.active().getValue(KEY))
  api.bind(ROOT_CONTEXT.setValue(KEY, 'bound'), emitter)
  emitter.on('event', listener)
  emitter.once('event', listener)
  const waited = once(emitter, 'event')
  emitter.emit('event')
  await waited
  emitter.off('event', listener)
  emitter.emit('event')
  expect(seen).toEqual(['bound', 'bound'])
  expect(emitter.listenerCount('event')).toBe(0)
})

it('shows the baggage of a request or job through the API, and sends what the API adds', () => {
  sightline.context.run({}, () => {
    sightline.context.carry({ tenant: 't1' })
    expect(propagation.getActiveBaggage()?.getEntry('tenant')?.value).toBe('t1')
    const carrier: Record<string, string> = {}
    propagation.inject(api.active(), carrier)
    expect(carrier).toMatchObject({ baggage: 'tenant=t1', traceparent: expect.stringContaining('00-') })
  })
})

it('does not remember who started whom', async () => {
  const deepest = await new Promise<number>((resolve) => {
    let jobs = 0
    function next(): void {
      sightline.context.run({}, () => {
        const active = api.active()
        if (++jobs < 50) setImmediate(next)
        else if (active instanceof ScopeContext) resolve(depthOf(active.frame))
      })
    }
    next()
  })
  expect(deepest).toBe(1)
})

/** How many frames a frame holds, itself included. */
function depthOf(frame: Frame): number {
  return frame.outer ? 1 + depthOf(frame.outer) : 1
}
