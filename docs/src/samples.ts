import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

/** What the pages show of a service's output. */
export interface Samples {
  /** The line that the handler writes. */
  readonly line: string
  /** The access event of the same request. */
  readonly event: string
  /** Six lines of `/metrics`. */
  readonly metrics: string
  /** The trace of the same request, as a tree. */
  readonly trace: string
  readonly health: string
}

const SERVICE = fileURLToPath(new URL('sample-service.ts', import.meta.url))

const SERIES = [
  'http_requests_total{method="GET",route="/orders/:id",status="200"}',
  'http_requests_total{method="GET",route="/orders/:id",status="500"}',
  'http_requests_total{method="GET",route="unmatched",status="404"}',
  'http_request_duration_seconds_bucket{method="GET",route="/orders/:id",le="0.025"}',
  'http_request_duration_seconds_count{method="GET",route="/orders/:id"}',
  'http_requests_in_progress{method="GET"}',
]

/** Columns at which a log line is wrapped, between two fields. */
const WIDTH = 96

/** Runs `sample-service.ts`, sends it requests, and returns what it answers, logs and traces. */
export async function takeSamples(): Promise<Samples> {
  const service = fork(SERVICE, {
    // Where `--import` looks for packages.
    cwd: import.meta.dirname,
    execPath: process.execPath,
    execArgv: ['--conditions=@sightline/source', '--import', '@sightline/otel/register'],
    env: {
      PATH: process.env['PATH'],
      OTEL_TRACES_EXPORTER: 'console',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
    },
    silent: true,
    timeout: 60_000,
  })
  if (!service.stdout || !service.stderr) throw new Error('The service has no output')
  const output = text(service.stdout)
  const errors = text(service.stderr)
  const listening = once(service, 'message')
  const early = once(service, 'exit').then(async () => Promise.reject(new Error(await errors)))
  // The service sends the address of its server once that listens.
  const [address] = (await Promise.race([listening, early])) as [AddressInfo]
  const url = `http://127.0.0.1:${address.port}`

  for (let i = 0; i < 20; i++) await answerOf(`${url}/orders/7`)
  for (const scanned of ['/.env', '/wp-login.php', '/admin']) await answerOf(url + scanned)
  const scrape = await answerOf(`${url}/metrics`)
  const health = await answerOf(`${url}/health`)
  service.kill('SIGTERM')

  const lines = (await output).split('\n')
  const tree = lines.findLastIndex((line) => line.startsWith('GET /orders/:id'))
  return {
    line: wrapped(lineWith(lines, '"order loaded"')),
    event: wrapped(lineWith(lines, '"route":"/orders/:id"')),
    metrics: SERIES.map((series) => lineWith(scrape.split('\n'), `${series} `)).join('\n'),
    trace: lines.slice(tree, lines.indexOf('', tree)).join('\n'),
    health: health.trim(),
  }
}

async function answerOf(url: string): Promise<string> {
  const response = await fetch(url, { headers: { 'user-agent': 'curl/8.5.0' } })
  return response.text()
}

function lineWith(lines: readonly string[], part: string): string {
  const found = lines.findLast((line) => line.includes(part))
  if (found === undefined) throw new Error(`No line has ${part}:\n${lines.join('\n')}`)
  return found
}

function wrapped(line: string): string {
  const lines = ['']
  for (const field of line.split(/(?<=,)(?=")/)) {
    const last = lines.at(-1) ?? ''
    if (last.length + field.length > WIDTH) lines.push(` ${field}`)
    else lines[lines.length - 1] = last + field
  }
  return lines.join('\n')
}

/** `<!-- sample: NAME -->` and `<!-- /sample -->`, with a fenced block between them. */
const SAMPLE = /(?<begin><!-- sample: (?<name>\w+) -->\n\n```\w*\n)[^]*?(?<end>```\n\n<!-- \/sample -->)/g

/** A page with the samples given. */
export function withSamples(page: string, samples: Samples): string {
  return page.replace(SAMPLE, (...match) => {
    // The last argument of a replacer is the groups; TypeScript knows them as any.
    const { begin, name, end } = match.at(-1) as Record<'begin' | 'name' | 'end', string>
    if (!isSample(samples, name)) throw new Error(`There is no sample ${name}`)
    return `${begin}${samples[name]}\n${end}`
  })
}

function isSample(samples: Samples, name: string): name is keyof Samples {
  return Object.hasOwn(samples, name)
}

/** A text without what differs from run to run: times, ids, numbers, line breaks and the bars of a trace. */
export function shapeOf(page: string): string {
  return page
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/\b[\da-f]{16,32}\b(?:-\w+)?/g, 'ID')
    .replace(/\b\d+(?:\.\d+)?\b/g, 'N')
    .replace(/[\s━]+/g, '')
}
