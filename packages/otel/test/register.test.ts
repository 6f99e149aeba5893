import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { attributesOf, type Message, type OtlpSink, startSink } from '@sightline/servers/otlp'

let sink: OtlpSink
beforeEach(async () => {
  sink = await startSink()
})
afterEach(() => sink.close())

/** Runs a fixture under `--import @sightline/otel/register` until it ends by itself. */
async function run(fixture: string, env: Record<string, string> = {}, way = '--import') {
  const child = spawn(
    process.execPath,
    [
      '--experimental-strip-types',
      '--no-warnings',
      '--conditions=@sightline/source',
      way,
      '@sightline/otel/register',
      fileURLToPath(new URL(`fixtures/${fixture}`, import.meta.url)),
    ],
    {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { out, err, code: code as number }
}

it.each([
  ['an ES module', 'app.mjs', '--import'],
  ['a CommonJS module', 'app.cjs', '--import'],
  ['a CommonJS module, by --require', 'app.cjs', '--require'],
])('sends what %s does, which knows nothing of it, before the process ends', async (_, fixture, way) => {
  const { err, code } = await run(fixture, { OTEL_RESOURCE_ATTRIBUTES: 'team=shop' }, way)
  expect(code).toBe(0)
  expect(sink.faults).toEqual([])
  const names = sink.taken('traces').map(({ entry }) => entry.name as string)
  expect(names).toEqual(expect.arrayContaining(['greet', 'GET /hello', 'GET']))
  const [first] = sink.taken('traces')
  expect(attributesOf(first?.resource as Message)).toMatchObject({
    'service.name': { stringValue: 'registered' },
    team: { stringValue: 'shop' },
  })
  expect(sink.taken('logs').map(({ entry }) => entry.body.stringValue as string)).toContain(
    'request completed',
  )
  expect(err).toBe(
    `sightline: traces, metrics, logs go to ${sink.url} (http/protobuf)\n` +
      'sightline: recorded: 100 % of traces that no caller has decided about; outbound: fetch, http; trace headers to: private hosts\n',
  )
})

it('obeys the variables of OpenTelemetry', async () => {
  const { err } = await run('app.mjs', {
    OTEL_TRACES_SAMPLER: 'always_off',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'none',
    OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20key',
    OTEL_SERVICE_NAME: 'named',
  })
  expect(sink.taken('traces')).toEqual([])
  expect(sink.taken('metrics')).toEqual([])
  const [log] = sink.taken('logs')
  expect(attributesOf(log?.resource as Message)['service.name']).toEqual({ stringValue: 'named' })
  expect(sink.requests[0]?.headers).toMatchObject({ 'x-key': 'a key', 'content-type': 'application/json' })
  expect(err).toContain('recorded: 0 % of traces')
})

it('does nothing where it is switched off', async () => {
  const { err, code } = await run('app.mjs', { OTEL_SDK_DISABLED: 'true' })
  expect([err, code]).toEqual(['', 0])
  expect(sink.requests).toEqual([])
})

it('goes on without what it cannot honour of a platform, with one line', async () => {
  const { err, code } = await run('app.mjs', {
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    OTEL_PROPAGATORS: 'tracecontext,b3',
    OTEL_TRACES_SAMPLER: 'parentbased_jaeger_remote',
    OTEL_SERVICE_NAME: ' ',
  })
  expect(code).toBe(0)
  const [protocol, sampler, propagators, ...summary] = err.trim().split('\n').toSorted()
  expect([protocol, propagators, sampler].map((line) => line?.slice(0, 70))).toEqual([
    'sightline: environment variable OTEL_EXPORTER_OTLP_PROTOCOL is "grpc",',
    'sightline: environment variable OTEL_TRACES_SAMPLER is "parentbased_ja',
    'sightline: environment variable OTEL_PROPAGATORS names "b3", but there',
  ])
  expect(summary).toHaveLength(2)
  expect(sink.taken('traces').length).toBeGreaterThan(0)
})

it('shows traces and sends them where both is wanted', async () => {
  const { out } = await run('app.mjs', { OTEL_TRACES_EXPORTER: 'otlp,console' })
  expect(out).toMatch(/GET \/hello 200 .* ms .*\n└─ greet .* ms/)
  expect(sink.taken('traces').length).toBeGreaterThan(0)
})

it('shows each trace as a tree where that is wanted', async () => {
  const { out } = await run('app.mjs', { OTEL_TRACES_EXPORTER: 'console' })
  expect(out).toMatch(/GET \/hello 200 .* ms .*\n└─ greet .* ms/)
  expect(sink.taken('traces')).toEqual([])
})

it('doubles no span where an instrumentation opens them too', async () => {
  await run('app.mjs', { OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http,nowhere' })
  const spans = sink.taken('traces').map(({ entry }) => entry)
  const [server, ...more] = spans.filter(({ name }) => String(name).startsWith('GET /hello'))
  expect(more).toEqual([])
  expect(server).toMatchObject({ parentSpanId: spans.find(({ name }) => name === 'GET')?.spanId })
  expect(spans.find(({ name }) => name === 'greet')).toMatchObject({ parentSpanId: server?.spanId })
  const warnings = sink.taken('logs').map(({ entry }) => entry.body.stringValue as string)
  expect(warnings).toContain(
    'sightline: the instrumentation @opentelemetry/instrumentation-nowhere failed; further failures of it are not logged',
  )
})

it('ends by itself where no collector takes anything', async () => {
  await sink.leave()
  expect((await run('app.mjs')).code).toBe(0)
})
