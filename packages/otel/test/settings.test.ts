import { expect, it } from '@jest/globals'

import { settingsFrom } from '../src/settings.ts'

it('sends everything to the collector next door where nothing is said', () => {
  const { signals, sampling, propagateTo, interval } = settingsFrom({}, {})
  expect(signals.traces).toEqual({
    exporters: ['otlp'],
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
    exporters: ['console'],
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
  expect(signals.metrics.exporters).toEqual([])
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
    signals: { traces: { url: 'http://mine:4318/v1/traces' }, logs: { exporters: [] } },
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

const BOTH = { trace: true, baggage: true }
const EITHER = { trace: true, baggage: false }

it.each([
  [undefined, BOTH, 0],
  ['', BOTH, 0],
  ['tracecontext,baggage', BOTH, 0],
  [' Baggage , TraceContext ', BOTH, 0],
  ['tracecontext', EITHER, 0],
  ['baggage', { trace: false, baggage: true }, 0],
  ['none', { trace: false, baggage: false }, 0],
  ['none,tracecontext', { trace: false, baggage: false }, 0],
  ['tracecontext,b3', EITHER, 1],
  ['b3', BOTH, 1],
  ['b3multi,jaeger,xray,ottrace', BOTH, 4],
  ['carrier-pigeon', BOTH, 1],
])('honours the propagators %p as far as there are such', (value, expected, count) => {
  const { propagators, notes } = settingsFrom({}, { OTEL_PROPAGATORS: value })
  expect(propagators).toEqual(expected)
  expect(notes.size).toBe(count)
})

it.each([
  ['TRACES', 'otlp', ['otlp'], 0],
  ['TRACES', 'otlp,console', ['otlp', 'console'], 0],
  ['TRACES', 'Console', ['console'], 0],
  ['TRACES', 'logging', ['console'], 0],
  ['TRACES', 'none', [], 0],
  ['TRACES', 'none,otlp', [], 0],
  ['TRACES', 'zipkin', ['otlp'], 1],
  ['TRACES', 'jaeger,console', ['console'], 1],
  ['METRICS', 'otlp,prometheus', ['otlp'], 1],
  ['METRICS', 'prometheus', [], 1],
  ['LOGS', 'prometheus', ['otlp'], 1],
  ['LOGS', ' , ', ['otlp'], 0],
] as const)('honours the exporters of %s, %p, as far as there are such', (signal, value, expected, count) => {
  const { signals, notes } = settingsFrom({}, { [`OTEL_${signal}_EXPORTER`]: value })
  const settings = { TRACES: signals.traces, METRICS: signals.metrics, LOGS: signals.logs }
  expect(settings[signal].exporters).toEqual(expected)
  expect(notes.size).toBe(count)
})

it.each([
  ['OTEL_TRACES_SAMPLER', 'jaeger_remote', 'is "jaeger_remote", but must be one of always_on'],
  ['OTEL_TRACES_SAMPLER', 'xray', 'is "xray", but must be one of always_on'],
  ['OTEL_PROPAGATORS', 'b3', 'names "b3", but there are tracecontext, baggage, none'],
  ['OTEL_TRACES_EXPORTER', 'zipkin', 'names "zipkin", but there are otlp, console, none'],
  ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', 'is "grpc", but must be one of http/protobuf, http/json'],
  ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'grpc', 'is "grpc", but must be one of http/protobuf'],
  ['OTEL_EXPORTER_OTLP_COMPRESSION', 'zstd', 'is "zstd", but must be one of gzip, none'],
  ['OTEL_EXPORTER_OTLP_TIMEOUT', 'soon', 'is "soon", but must be a number from 1 to 2147483647'],
  ['OTEL_EXPORTER_OTLP_TIMEOUT', '-1', 'is "-1", but must be a number from 1 to 2147483647'],
  ['OTEL_METRIC_EXPORT_INTERVAL', '1e12', 'is "1e12", but must be a number from 1 to 2147483647'],
  ['OTEL_BSP_SCHEDULE_DELAY', '0', 'is "0", but must be a number'],
  ['OTEL_BLRP_MAX_EXPORT_BATCH_SIZE', '-5', 'is "-5", but must be a number'],
  ['OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'NaN', 'is "NaN", but must be a number'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4317', 'is "collector:4317", but must be an address'],
  ['OTEL_EXPORTER_OTLP_LOGS_ENDPOINT', 'unix:///run/x', 'is "unix:///run/x", but must be an address'],
  ['OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE', 'delta', 'is "delta", but must be one of cumulative'],
  [
    'OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION',
    'base2_exponential_bucket_histogram',
    'is "base2_exponential_bucket_histogram", but must be one of explicit_bucket_histogram',
  ],
  ['OTEL_SDK_DISABLED', '1', 'is "1", but must be true or false'],
  ['OTEL_RESOURCE_ATTRIBUTES', 'a=1,nothing', 'has no name=value in place 2'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'k-4711', 'has no name=value in place 1'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'a key=k-4711', 'has what is no header in place 1'],
])('goes on without what it cannot honour, with one line: %s=%s', (name, value, expected) => {
  const { notes, ...settings } = settingsFrom({}, { [name]: value })
  const { notes: _, ...defaults } = settingsFrom({}, {})
  expect([...notes]).toEqual([expect.stringContaining(`sightline: environment variable ${name} ${expected}`)])
  expect([...notes].join()).not.toMatch(/k-4711|\n/)
  const { resource, ...rest } = settings
  expect({ ...rest, resource: {} }).toEqual(defaults)
  expect(resource).toEqual(name === 'OTEL_RESOURCE_ATTRIBUTES' ? { a: '1' } : {})
})

it('keeps the ratio of a sampler whose argument is out of range', () => {
  const env = { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '2' }
  const { sampling, notes } = settingsFrom({}, env)
  expect(sampling).toEqual({ parent: false, ratio: 1 })
  expect([...notes]).toEqual([
    expect.stringContaining('OTEL_TRACES_SAMPLER_ARG is "2", but must be a number'),
  ])
})

it('takes the variable of all signals where that of one cannot be honoured', () => {
  const { signals, notes } = settingsFrom(
    {},
    { OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_PROTOCOL: 'HTTP/JSON' },
  )
  expect(signals.traces.encoding).toBe('json')
  expect(notes.size).toBe(1)
})

it('says nothing of variables that are empty', () => {
  const names = [
    ...['TRACES', 'METRICS', 'LOGS'].map((signal) => `OTEL_${signal}_EXPORTER`),
    ...['PROTOCOL', 'COMPRESSION', 'TIMEOUT', 'HEADERS', 'ENDPOINT'].map(
      (name) => `OTEL_EXPORTER_OTLP_${name}`,
    ),
    'OTEL_PROPAGATORS',
    'OTEL_TRACES_SAMPLER',
    'OTEL_TRACES_SAMPLER_ARG',
    'OTEL_SDK_DISABLED',
    'OTEL_SERVICE_NAME',
    'OTEL_RESOURCE_ATTRIBUTES',
    'OTEL_BSP_SCHEDULE_DELAY',
  ]
  for (const empty of ['', '  '])
    expect(settingsFrom({}, Object.fromEntries(names.map((name) => [name, empty])))).toEqual(
      settingsFrom({}, {}),
    )
})

it.each<[unknown, string]>([
  [{ endpont: 'http://mine:4318' }, 'option endpont does not exist: there are sightlines, service'],
  [{ traces: { interval: 5 } }, 'option traces.interval does not exist: there are exporter, endpoint'],
  [{ sampling: { rate: 1 } }, 'option sampling.rate does not exist: there are ratio, parent'],
  [{ protocol: 'grpc' }, 'option protocol is "grpc", but must be one of http/protobuf, http/json'],
  [{ compression: 'zstd' }, 'option compression is "zstd", but must be one of gzip, none'],
  [{ endpoint: 'collector:4318' }, 'option endpoint is "collector:4318", but must be an address'],
  [{ endpoint: 'ftp://u:hunter2@host' }, 'option endpoint is "ftp://u:[redacted]@host"'],
  [{ timeout: 0 }, 'option timeout is 0, but must be a number of milliseconds'],
  [{ timeout: '5s' }, 'option timeout is "5s", but must be a number of milliseconds'],
  [{ headers: { 'a key': 'x' } }, 'option headers has "a key", which is no header'],
  [{ logs: { headers: { key: 5 } } }, 'option logs.headers has "key", which is no header'],
  [{ resource: { team: ['a'] } }, 'option resource is {"team":["a"]}, but must be an object of texts'],
  [{ sampling: { ratio: 2 } }, 'option sampling.ratio is 2, but must be a number from 0 to 1'],
  [{ sampling: { routes: { '/x': -1 } } }, 'option sampling.routes is {"/x":-1}, but must be an object of'],
  [{ propagateTo: 'friends' }, 'option propagateTo is "friends"'],
  [{ traces: { exporter: 'jaeger' } }, 'option traces.exporter is "jaeger"'],
  [{ instrumentations: 'pg' }, 'option instrumentations is "pg", but must be a list of names'],
  [{ sightlines: [{}] }, 'option sightlines is [{}], but must be a list of Sightlines'],
  [{ quiet: 'yes' }, 'option quiet is "yes", but must be true or false'],
  [null, 'option is null, but must be an object'],
])('says in one sentence what is wrong: %p', (options, sentence) => {
  expect(() => settingsFrom(options as never, {})).toThrow(sentence)
})
