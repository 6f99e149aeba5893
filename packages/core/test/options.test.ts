import { describe, expect, it } from '@jest/globals'

import { createSightline, type LogOptions } from '../src/index.ts'
import { settingsFrom } from '../src/settings/settings.ts'

describe('a wrong option', () => {
  it.each([
    [{ service: '' }, 'Sightline: option service is "", but must be a text that is not empty'],
    [
      { servce: 'x' },
      'Sightline: option servce does not exist: there are service, version, trust, requestId, route, baggage, log, metrics, stats, health, management, lifecycle, sinks, destinations',
    ],
    [
      { trust: 'sometimes' },
      `Sightline: option trust is "sometimes", but must be 'always', 'never' or a function of the request`,
    ],
    [
      { log: { level: 'loud' } },
      'Sightline: option log.level is "loud", but must be one of trace, debug, info, warn, error, fatal, silent',
    ],
    [{ log: true }, 'Sightline: option log is true, but must be an object'],
    [
      { route: '/graphql' },
      'Sightline: option route is "/graphql", but must be a function of a request and its response',
    ],
    [{ log: { logger: console } }, /^Sightline: option log\.logger is .*, but must be a pino logger$/],
    [
      { log: { redact: 'iban' } },
      'Sightline: option log.redact is "iban", but must be a list of names of fields, or false',
    ],
    ...[
      'users[*]',
      'data.*',
      '*',
      'data["*"]',
      'users[0]',
      'users.',
      'a..b',
      'a[',
      'a["b',
      'a[]',
      '[""]',
    ].map(
      (path) =>
        [
          { log: { redact: ['iban', path] } },
          `Sightline: option log.redact is ${JSON.stringify(['iban', path])}, but must be a list of names of fields, or false: ${path} ends in no name, name the fields there`,
        ] as const,
    ),
    [
      { log: { debugOnFailure: { lines: 0 } } },
      'Sightline: option log.debugOnFailure.lines is 0, but must be a whole number above 0',
    ],
    [
      { metrics: { path: 'metrics' } },
      'Sightline: option metrics.path is "metrics", but must be a path such as /metrics, or false',
    ],
    [
      { metrics: { naming: 'new' } },
      'Sightline: option metrics.naming is "new", but must be classic, otel or an object with labels',
    ],
    [
      { metrics: { buckets: [1, 0.5] } },
      'Sightline: option metrics.buckets is [1,0.5], but must be a list of ascending numbers of seconds above 0',
    ],
    [
      { metrics: { maxSeries: 1.5 } },
      'Sightline: option metrics.maxSeries is 1.5, but must be a whole number above 0',
    ],
    [
      { stats: { period: -1 } },
      'Sightline: option stats.period is -1, but must be a number of milliseconds from 1000 to 2147483647',
    ],
    [
      { stats: { period: 60 } },
      'Sightline: option stats.period is 60, but must be a number of milliseconds from 1000 to 2147483647',
    ],
    [
      { stats: { apdexTarget: 0.5 } },
      'Sightline: option stats.apdexTarget is 0.5, but must be a number of milliseconds from 1 to 2147483647',
    ],
    [
      { stats: { window: 60 } },
      'Sightline: option stats.window has been renamed: use stats.period, in milliseconds',
    ],
    [
      { stats: { apdex: 0.5 } },
      'Sightline: option stats.apdex has been renamed: use stats.apdexTarget, in milliseconds',
    ],
    [
      { stats: { windw: 1 } },
      'Sightline: option stats.windw does not exist: there are path, period, apdexTarget',
    ],
    [
      { log: { sample: { slow: 1 } } },
      'Sightline: option log.sample.slow has been renamed: use log.sample.keepSlow, in milliseconds',
    ],
    [
      { log: { debugOnFailure: { slow: 1 } } },
      'Sightline: option log.debugOnFailure.slow has been renamed: use log.debugOnFailure.keepSlow, in milliseconds',
    ],
    [
      { log: { sample: { rate: 0.1 } } },
      'Sightline: option log.sample.rate has been renamed: use log.sample.ratio',
    ],
    [{ log: { silent: ['/ping'] } }, 'Sightline: option log.silent has been renamed: use log.ignore'],
    [
      { log: { ignore: ['ping'] } },
      'Sightline: option log.ignore is ["ping"], but must be a list of paths, or a function of a request',
    ],
    [
      { health: { worker: { port: 9091 } } },
      'Sightline: option health.worker has been renamed: use health.probes',
    ],
    [
      { sinks: [{}] },
      'Sightline: option sinks is [{}], but must be a list of sinks: objects with a name and a method write(record)',
    ],
  ])('throws one sentence: %j', (options, sentence) => {
    expect(() => createSightline(options as never)).toThrow(
      typeof sentence === 'string' ? new TypeError(sentence) : sentence,
    )
  })
})

describe('the environment', () => {
  it('is honoured, and an option in code wins', () => {
    const env = {
      SIGHTLINE_SERVICE: 'from-env',
      SIGHTLINE_LOG_LEVEL: 'debug',
      SIGHTLINE_METRICS_NAMING: 'otel',
      SIGHTLINE_TRUST: 'never',
      SIGHTLINE_LOG_PRETTY: '1',
    }
    expect(settingsFrom({}, env)).toMatchObject({
      service: 'from-env',
      trust: 'never',
      log: { level: 'debug', pretty: true },
      metrics: { naming: 'otel', path: '/metrics' },
    })
    expect(settingsFrom({ service: 'code', log: { level: 'warn' } }, env)).toMatchObject({
      service: 'code',
      log: { level: 'warn' },
    })
    expect(settingsFrom({}, { OTEL_SERVICE_NAME: 'otel' }).service).toBe('otel')
  })

  it('says nothing where a standard one is blank', () => {
    expect(settingsFrom({}, { OTEL_SERVICE_NAME: '  ', npm_package_name: 'pkg' }).service).toBe(
      settingsFrom({}, { npm_package_name: 'pkg' }).service,
    )
  })

  it('is refused by its old name, with the new one', () => {
    expect(() => settingsFrom({}, { SIGHTLINE_HEALTH_WORKER_PORT: '9091' })).toThrow(
      'Sightline: environment variable SIGHTLINE_HEALTH_WORKER_PORT has been renamed: use SIGHTLINE_HEALTH_PROBES_PORT',
    )
  })

  it('is checked like options', () => {
    expect(() => settingsFrom({}, { SIGHTLINE_LOG_LEVEL: 'loud' })).toThrow(
      'Sightline: environment variable SIGHTLINE_LOG_LEVEL is "loud", but must be one of trace, debug, info, warn, error, fatal, silent',
    )
  })
})

it.each(['SIGKILL', 'SIGSTOP', 'SIGNAL'])('refuses %s, which no process can handle', (signal) => {
  expect(() => settingsFrom({ lifecycle: { signals: [signal as NodeJS.Signals] } }, {})).toThrow(
    `Sightline: option lifecycle.signals is ["${signal}"], but must be a list of signals such as SIGTERM; no process can handle SIGKILL and SIGSTOP`,
  )
})

it('handles signals where an application is served, and none under a test runner unless that is asked for', () => {
  const lifecycleIn = (env: NodeJS.ProcessEnv) => settingsFrom({}, env).lifecycle
  expect(lifecycleIn({})).toMatchObject({ mode: 'served', watches: true })
  for (const runner of [
    { JEST_WORKER_ID: '1' },
    { VITEST: 'true' },
    { NODE_TEST_CONTEXT: 'child-v8' },
    { NODE_ENV: 'test' },
  ]) {
    expect(lifecycleIn(runner)).toMatchObject({ mode: 'never', watches: false })
    expect(lifecycleIn({ ...runner, SIGHTLINE_LIFECYCLE: 'true' })).toMatchObject({
      mode: 'always',
      watches: true,
    })
  }
})

it('keeps the debug lines of requests where that is asked for, in code or in the environment', () => {
  const quietWith = (debugOnFailure?: LogOptions['debugOnFailure'], variable = '') =>
    settingsFrom(
      { log: debugOnFailure === undefined ? {} : { debugOnFailure } },
      {
        SIGHTLINE_LOG_DEBUG_ON_FAILURE: variable,
      },
    ).log.quiet
  const defaults = { lines: 100, bytes: 65_536, slowMs: Number.POSITIVE_INFINITY }
  expect(quietWith()).toBeUndefined()
  expect(quietWith(undefined, 'true')).toEqual(defaults)
  expect(quietWith(true)).toEqual(defaults)
  expect(quietWith({ lines: 10, keepSlow: 2_000 })).toEqual({ ...defaults, lines: 10, slowMs: 2_000 })
  expect(quietWith(false, 'true')).toBeUndefined()
})

it('makes each declared objective a boundary of the histogram, once', () => {
  expect(settingsFrom({ metrics: { slos: [0.3, 0.5] } }, {}).metrics.buckets).toEqual([
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.3, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
  ])
})

it('lives beside others in one process without ever meeting', async () => {
  const [one, two] = [quiet('one'), quiet('two')]
  one.metrics.counter({ name: 'shop_orders_total', help: 'Orders.' }).inc(3)
  two.metrics.counter({ name: 'shop_orders_total', help: 'Orders.' }).inc()
  expect(await one.metrics.text()).toContain('\nshop_orders_total 3\n')
  expect(await two.metrics.text()).toContain('\nshop_orders_total 1\n')
})

function quiet(service: string) {
  return createSightline({ service, log: { level: 'silent' } })
}
