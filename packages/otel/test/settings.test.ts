import { expect, it } from '@jest/globals'

import { settingsFrom } from '../src/settings.ts'

it('sends everything to the collector next door where nothing is said', () => {
  const { signals, sampling, propagateTo, interval } = settingsFrom({}, {})
  expect(signals.traces).toEqual({
    exporter: 'otlp',
    url: 'http://localhost:4318/v1/traces',
    headers: {},
    encoding: 'protobuf',
    compress: false,
    timeout: 10_000,
    delay: 1_000,
    batchItems: undefined,
  })
  expect([signals.metrics.url, signals.logs.url]).toEqual([
    'http://localhost:4318/v1/metrics',
    'http://localhost:4318/v1/logs',
  ])
  expect({ sampling, propagateTo, interval }).toEqual({
    sampling: {},
    propagateTo: 'private',
    interval: 60_000,
  })
})

it('takes what is said of one signal before what is said of all', () => {
  const { signals } = settingsFrom(
    {},
    {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/base/',
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://logs:1/in',
      OTEL_EXPORTER_OTLP_HEADERS: 'a=1, b=%32',
      OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'c=3',
      OTEL_EXPORTER_OTLP_TIMEOUT: '5000',
      OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '7000',
      OTEL_BSP_SCHEDULE_DELAY: '200',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_TRACES_EXPORTER: 'console',
    },
  )
  expect(signals.traces).toMatchObject({
    exporter: 'console',
    url: 'http://collector:4318/base/v1/traces',
    headers: { a: '1', b: '2' },
    // What leaves the machine is worth compressing.
    compress: true,
    timeout: 7_000,
    delay: 200,
  })
  expect(signals.logs).toMatchObject({
    url: 'http://logs:1/in',
    headers: { c: '3' },
    timeout: 5_000,
    delay: 1_000,
  })
  expect(signals.metrics.exporter).toBe('none')
})

it('takes what code says before all variables', () => {
  const settings = settingsFrom(
    { endpoint: 'http://mine:4318', service: 'mine', sampling: { ratio: 0.5 }, logs: { exporter: 'none' } },
    {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://theirs:4318/v1/traces',
      OTEL_SERVICE_NAME: 'theirs',
      OTEL_TRACES_SAMPLER: 'always_off',
      OTEL_LOGS_EXPORTER: 'otlp',
    },
  )
  expect(settings).toMatchObject({
    service: 'mine',
    sampling: { ratio: 0.5 },
    signals: { traces: { url: 'http://mine:4318/v1/traces' }, logs: { exporter: 'none' } },
  })
})

it.each([
  ['always_on', undefined, { parent: false, ratio: 1 }],
  ['always_off', undefined, { parent: false, ratio: 0 }],
  ['traceidratio', '0.25', { parent: false, ratio: 0.25 }],
  ['parentbased_traceidratio', '0.1', { parent: true, ratio: 0.1 }],
  ['parentbased_always_on', undefined, { parent: true, ratio: 1 }],
])('knows the sampler %s', (name, argument, expected) => {
  const env = { OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: argument }
  expect(settingsFrom({}, env).sampling).toEqual(expected)
})

it.each([
  [{ OTEL_TRACES_SAMPLER: 'jaeger' }, 'OTEL_TRACES_SAMPLER is "jaeger", but must be one of always_on'],
  [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '2' }, 'must be a share from 0 to 1'],
  [
    { OTEL_TRACES_EXPORTER: 'zipkin' },
    'OTEL_TRACES_EXPORTER is "zipkin", but must be one of otlp, console, none',
  ],
  [{ OTEL_PROPAGATORS: 'tracecontext,b3' }, 'OTEL_PROPAGATORS names "b3"'],
  [
    { OTEL_EXPORTER_OTLP_TIMEOUT: 'soon' },
    'OTEL_EXPORTER_OTLP_TIMEOUT is "soon", but must be a number of at least 1',
  ],
  [{ OTEL_EXPORTER_OTLP_HEADERS: 'nothing' }, 'must be a list such as name=value,name=value'],
])('says in one sentence what is wrong: %p', (env, sentence) => {
  expect(() => settingsFrom({}, env)).toThrow(sentence)
})

it.each([
  [{ protocol: 'grpc' }, 'option protocol is "grpc"'],
  [{ sampling: { ratio: 2 } }, 'sampling ratio is 2, but must be a share from 0 to 1'],
  [{ sampling: { routes: { '/x': -1 } } }, 'sampling /x is -1'],
  [{ propagateTo: 'friends' }, 'option propagateTo is "friends"'],
  [{ traces: { exporter: 'jaeger' } }, 'option traces.exporter is "jaeger"'],
])('says in one sentence what is wrong: %p', (options, sentence) => {
  expect(() => settingsFrom(options as never, {})).toThrow(sentence)
})
