import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, test } from '@jest/globals'

import { durationOf, durationText, sizeOf } from '../../src/scrape/config/duration.ts'
import { readPrometheusConfig } from '../../src/scrape/config/prometheus-file.ts'
import { parsePrometheusConfig } from '../../src/scrape/config/prometheus-yml.ts'
import { scrapeConfigOf } from '../../src/scrape/config/scrape-config.ts'

const parse = (text: string) => parsePrometheusConfig(text, '/etc/prometheus.yml')

test('an ordinary configuration is read, with the defaults of Prometheus', () => {
  const { scrapes, ruleFiles, notes } = parse(`
global:
  scrape_interval: 15s
rule_files:
  - rules/*.yml
  - /srv/alerts.yml
scrape_configs:
  - job_name: orders
    static_configs:
      - targets: [localhost:3000, "localhost:3001"]
        labels: { env: prod, version: 1.10 }
  - job_name: 'carts'
    scrape_interval: 1m30s
    scrape_timeout: 5s
    scheme: https
    metrics_path: /internal/metrics
    params: { module: [a, b] }
    honor_labels: true
    honor_timestamps: no
    follow_redirects: false
    sample_limit: 1000
    body_size_limit: 10MB
    authorization: { credentials_file: token }
    tls_config: { ca_file: ca.pem, insecure_skip_verify: true }
`)
  expect(notes).toEqual([])
  expect(ruleFiles).toEqual(['/etc/rules/*.yml', '/srv/alerts.yml'])
  expect(scrapes).toEqual([
    {
      job: 'orders',
      intervalMs: 15_000,
      timeoutMs: 10_000,
      scheme: 'http',
      path: '/metrics',
      params: {},
      honorLabels: false,
      honorTimestamps: true,
      followRedirects: true,
      sampleLimit: 0,
      bodySizeLimit: 67_108_864,
      credentials: undefined,
      tls: undefined,
      relabel: [],
      metricRelabel: [],
      groups: [{ targets: ['localhost:3000', 'localhost:3001'], labels: { env: 'prod', version: '1.10' } }],
    },
    {
      job: 'carts',
      intervalMs: 90_000,
      timeoutMs: 5_000,
      scheme: 'https',
      path: '/internal/metrics',
      params: { module: ['a', 'b'] },
      honorLabels: true,
      honorTimestamps: false,
      followRedirects: false,
      sampleLimit: 1000,
      bodySizeLimit: 10_485_760,
      credentials: { kind: 'authorization', type: 'Bearer', secret: { file: '/etc/token' } },
      tls: {
        caFile: '/etc/ca.pem',
        certFile: undefined,
        keyFile: undefined,
        serverName: undefined,
        insecureSkipVerify: true,
      },
      relabel: [],
      metricRelabel: [],
      groups: [],
    },
  ])
})

test('a short interval shortens the timeout', () => {
  const [job] = parse('global: { scrape_interval: 5s }\nscrape_configs: [{ job_name: a }]').scrapes
  expect(job).toMatchObject({ intervalMs: 5_000, timeoutMs: 5_000 })
})

test('what is not supported is told, and the rest works', () => {
  const { scrapes, notes } = parse(`
alerting: { alertmanagers: [] }
global: { evaluation_interval: 15s }
scrape_configs:
  - job_name: a
    kubernetes_sd_configs: [{ role: pod }]
    static_configs: [{ targets: [a:1] }]
    basic_auth: { username: u, password: p, more: 1 }
    metric_relabel_configs: [{ action: drop, regex: x, when: y }]
`)
  expect(scrapes).toHaveLength(1)
  expect(notes).toEqual([
    '/etc/prometheus.yml: scrape_configs[0].basic_auth.more is not used.',
    '/etc/prometheus.yml: scrape_configs[0].metric_relabel_configs[0].when is not used.',
    '/etc/prometheus.yml: scrape_configs[0].kubernetes_sd_configs is not supported: the hub scrapes only the targets of static_configs.',
    '/etc/prometheus.yml: global.evaluation_interval is not used.',
    '/etc/prometheus.yml: alerting is not used.',
  ])
})

test.each([
  [
    'scrape_configs: [{ job_name: a, scrape_interval: 10 }]',
    'scrape_configs[0].scrape_interval is "10": expected a duration such as 15s or 1m30s',
  ],
  [
    'scrape_configs: [{ job_name: a, scrape_interval: 5s, scrape_timeout: 6s }]',
    'scrape_configs[0].scrape_timeout is "6s": expected at most the scrape_interval',
  ],
  ['scrape_configs: [{}]', 'scrape_configs[0].job_name is missing: expected a name'],
  [
    'scrape_configs: [{ job_name: a }, { job_name: a }]',
    'scrape_configs[1].job_name is "a": expected a name that no other job has',
  ],
  ['scrape_configs: [a]', 'scrape_configs[0] is "a": expected a mapping'],
  ['scrape_configs: { job_name: a }', 'scrape_configs is {"job_name":"a"}: expected a list'],
  [
    'scrape_configs: [{ job_name: a, scheme: ftp }]',
    'scrape_configs[0].scheme is "ftp": expected one of http, https',
  ],
  [
    'scrape_configs: [{ job_name: a, honor_labels: maybe }]',
    'scrape_configs[0].honor_labels is "maybe": expected true or false',
  ],
  [
    'scrape_configs: [{ job_name: a, sample_limit: -1 }]',
    'scrape_configs[0].sample_limit is "-1": expected a whole number',
  ],
  [
    'scrape_configs: [{ job_name: a, body_size_limit: 10 }]',
    'scrape_configs[0].body_size_limit is "10": expected a size such as 10MB',
  ],
  [
    'scrape_configs: [{ job_name: a, static_configs: [{ targets: ["http://a:1/"] }] }]',
    'scrape_configs[0].static_configs[0].targets is ["http://a:1/"]: expected host:port in each item, which targets[0] is not',
  ],
  [
    'scrape_configs: [{ job_name: a, static_configs: [{ targets: [a:1], labels: { "a-b": c } }] }]',
    'scrape_configs[0].static_configs[0].labels.a-b is "c": expected a label whose name has only letters, digits and "_"',
  ],
  [
    'scrape_configs: [{ job_name: a, relabel_configs: [{ action: hide }] }]',
    'scrape_configs[0].relabel_configs[0].action is "hide": expected one of replace, keep, drop, keepequal, dropequal, hashmod, labelmap, labeldrop, labelkeep, lowercase, uppercase',
  ],
  [
    'scrape_configs: [{ job_name: a, relabel_configs: [{ action: drop, regex: "(" }] }]',
    'scrape_configs[0].relabel_configs[0].regex is "(": expected a regular expression in the syntax of RE2',
  ],
  [
    'scrape_configs: [{ job_name: a, relabel_configs: [{ source_labels: [x] }] }]',
    'scrape_configs[0].relabel_configs[0].target_label is missing: expected the name of a label, which the action replace needs',
  ],
  [
    'scrape_configs: [{ job_name: a, relabel_configs: [{ action: hashmod, target_label: x }] }]',
    'scrape_configs[0].relabel_configs[0].modulus is missing: expected a number above 0',
  ],
  [
    'scrape_configs: [{ job_name: a, bearer_token: s3cret, bearer_token_file: x }]',
    'scrape_configs[0].bearer_token is not valid: expected either bearer_token or bearer_token_file',
  ],
  ['- a', 'expected a mapping with scrape_configs'],
])('%s is refused with the place and the value', (text, sentence) => {
  expect(() => parse(text)).toThrow(`/etc/prometheus.yml: ${sentence}`)
})

test('all errors are told at once', () => {
  expect(() => parse('scrape_configs: [{ scheme: ftp }]')).toThrow(/job_name is missing.*\n.*scheme is "ftp"/)
})

test('a text that is not YAML is refused with its line', () => {
  expect(() => parse('a: [1\nb: 2')).toThrow(/^\/etc\/prometheus\.yml: .*line 2/s)
})

test('aliases cannot be used to exhaust the memory', () => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
  for (let n = 1; n < 9; n++)
    lines.push(`a${n}: &a${n} [${Array.from({ length: 10 }, () => `*a${n - 1}`).join(', ')}]`)
  expect(() => parse(lines.join('\n'))).toThrow(/alias/i)
})

test('a file is read, and one that is missing is told', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hub-'))
  const file = join(folder, 'prometheus.yml')
  await expect(readPrometheusConfig(file)).rejects.toThrow(`${file} cannot be read: ENOENT`)
  await writeFile(file, '# nothing\n')
  expect(await readPrometheusConfig(file)).toEqual({ scrapes: [], ruleFiles: [], notes: [] })
  await rm(folder, { recursive: true })
})

test('a URL is a configuration', () => {
  expect(scrapeConfigOf('http://localhost:3000/metrics')).toMatchObject({
    job: 'localhost:3000',
    scheme: 'http',
    path: '/metrics',
    credentials: undefined,
    groups: [{ targets: ['localhost:3000'], labels: {} }],
  })
  expect(scrapeConfigOf('orders=https://u:p%40@shop.example?a=1&a=2')).toMatchObject({
    job: 'orders',
    scheme: 'https',
    path: '/metrics',
    params: { a: ['1', '2'] },
    credentials: { kind: 'basic', username: 'u', secret: { text: 'p@' } },
    groups: [{ targets: ['shop.example:443'] }],
  })
  expect(scrapeConfigOf('localhost:3000')).toMatchObject({
    scheme: 'http',
    groups: [{ targets: ['localhost:3000'] }],
  })
  expect(scrapeConfigOf('http://%zz:p@h').credentials).toMatchObject({ username: '%zz' })
  for (const text of ['', 'http://', 'ftp://a', 'http://[', 'http://a:b'])
    expect(() => scrapeConfigOf(text)).toThrow('expected a URL such as http://localhost:3000/metrics')
})

test('durations and sizes are those of Prometheus', () => {
  expect(['1d', '1h30m', '1m30s', '500ms', '0', '2w3d', '1y'].map(durationOf)).toEqual([
    86_400_000, 5_400_000, 90_000, 500, 0, 1_468_800_000, 31_536_000_000,
  ])
  expect(['', '10', '1.5s', '-1s', '1s1m', '1 s'].map(durationOf)).toEqual(Array.from({ length: 6 }))
  expect([90_000, 500, 86_400_000, 86_460_000, 0, 1_500].map(durationText)).toEqual([
    '1m30s',
    '500ms',
    '1d',
    '24h1m',
    '0s',
    '1s500ms',
  ])
  expect(['10MB', '1KiB', '0', '1.5GB', '10B', '10'].map(sizeOf)).toEqual([
    10_485_760,
    1_024,
    0,
    1_610_612_736,
    10,
    undefined,
  ])
})
