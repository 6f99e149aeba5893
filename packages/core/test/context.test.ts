import { expect, it } from '@jest/globals'

import { createSightline, type Scope } from '../src/index.ts'

const lines: Array<Record<string, unknown>> = []
const sightline = createSightline({
  service: 'worker',
  log: { destination: { write: (line) => lines.push(JSON.parse(line)) } },
})
const { context, log } = sightline

it('is nothing outside of any request or job', () => {
  expect(context.current()).toBeUndefined()
  expect(context.requestId()).toBeUndefined()
  context.set({ lost: true })
  expect(context.inject({ a: 'b' })).toEqual({ a: 'b' })
  log.info('outside')
  expect(lines.pop()).toEqual({ level: 'info', time: expect.any(String), service: 'worker', msg: 'outside' })
})

it('carries ids and fields through a job and what it starts', async () => {
  await context.run({ task: 'mail' }, async () => {
    context.set({ tenant: 't1' })
    await new Promise((resolve) => setImmediate(resolve))
    log.info('inside')
    const line = lines.pop()
    expect(line).toMatchObject({
      task: 'mail',
      tenant: 't1',
      request_id: context.requestId(),
      trace_id: context.current()?.trace.traceId,
    })
    context.run({ step: 1 }, () => {
      log.info('deeper')
      expect(lines.pop()).toMatchObject({
        task: 'mail',
        step: 1,
        request_id: line?.request_id,
        trace_id: line?.trace_id,
      })
    })
    expect(context.current()?.fields).not.toHaveProperty('step')
  })
  expect(context.current()).toBeUndefined()
})

it('goes from a sender to a receiver in headers', () => {
  context.run({}, () => {
    const { id, trace } = context.current() as Scope
    const headers = context.inject({ own: 1 })
    expect(headers).toEqual({
      own: 1,
      'x-request-id': id,
      traceparent: `00-${trace.traceId}-${trace.spanId}-02`,
    })
    const from = context.extract(headers)
    context.run(
      {},
      () =>
        expect(context.current()).toMatchObject({
          id,
          trace: { traceId: trace.traceId, parentId: trace.spanId },
        }),
      from,
    )
  })
  expect(context.extract({ 'x-request-id': 'not acceptable!', traceparent: 'x' })).toEqual({
    requestId: undefined,
    trace: undefined,
  })
})

it('keeps children of the logger in the context of whoever uses them', () => {
  const child = log.child({ module: 'db', password: 'hunter2' })
  context.run({ task: 'a' }, () => child.info('in a'))
  context.run({ task: 'b' }, () => child.info({ n: 1n }, 'in %s', 'b'))
  expect(lines.splice(0)).toMatchObject([
    { task: 'a', module: 'db', password: '[redacted]', msg: 'in a' },
    { task: 'b', module: 'db', n: '1', msg: 'in b' },
  ])
})

it('keeps a bounded number of fields, with their latest values', () => {
  context.run({}, () => {
    for (let i = 0; i < 1_000; i++) context.set({ [`name${i}`]: 'first', progress: i })
    context.set({ name0: 'latest' })
    const { fields } = context.current() as Scope
    expect(Object.keys(fields).length).toBeLessThanOrEqual(101)
    expect(fields).toMatchObject({ name0: 'latest', progress: 999 })
  })
})
