import { validateHeaderName, validateHeaderValue } from 'node:http'
import type { SecureContextOptions } from 'node:tls'

import type { Answer } from './answer.ts'

/** Where something is delivered to, and how. Times are milliseconds. */
export interface DeliveryOptions {
  /** Names the destination in metrics and the log, such as `otlp`. */
  readonly destination: string
  /** Names what is delivered, such as `traces`. */
  readonly signal: string
  /** Where requests are sent to, by POST. User and password in it are sent as basic authentication. */
  readonly url: string | URL
  readonly headers?: Readonly<Record<string, string>>
  /** Certificates for https, as `tls.createSecureContext` takes them. */
  readonly tls?: Pick<SecureContextOptions, 'ca' | 'cert' | 'key'>
  /** The content type of every request. */
  readonly type: string
  /**
   * Makes the body of a request from the items that travel in it. It is called when they are sent, and again for each
   * further attempt. It must neither change nor keep them: they are views of the queue's own memory.
   */
  encode(items: readonly Uint8Array[]): Uint8Array | string
  /** Reads from the answer to an accepted request how many of `count` were refused nonetheless. Those are not sent again. */
  read?(answer: Answer, count: number): Rejection | undefined
  /** Reads from the answer to a request that was refused why it was, in a few words for the log. */
  explain?(answer: Answer): string | undefined
  /** Whether bodies are compressed with gzip. Default: true. */
  readonly compress?: boolean
  /** Bytes of memory for what has not been delivered yet. Default: 12 MiB. */
  readonly maxBytes?: number
  /** What travels in one request: `bytes` (default: 512 KiB), `items` (2000), and after which `age` it is sent (1000). */
  readonly batch?: Partial<Batch>
  /** How many requests are under way at once. With 1, everything arrives in the order in which it was made. Default: 2. */
  readonly requests?: number
  /** How long an attempt may take, its answer included. Default: 10,000. */
  readonly timeout?: number
  /**
   * How long is waited after a failed attempt: up to `first` (default: 500) after the first, growing up to `longest`
   * (5000). What `Retry-After` demands is obeyed up to `retryAfter` (60,000).
   */
  readonly retry?: Partial<Retry>
  /** Keeps what has waited for a moment on disk too, so that it survives the death of the process. Default: it does not. */
  readonly spool?: SpoolOptions
}

export interface Batch {
  readonly bytes: number
  readonly items: number
  readonly age: number
}

export interface Retry {
  readonly first: number
  readonly longest: number
  readonly retryAfter: number
}

export interface SpoolOptions {
  /** A directory on a local disk. Several processes may share it. */
  readonly directory: string
  /** Bytes on disk for each destination and signal. Default: 128 MiB. */
  readonly maxBytes?: number
  /** Milliseconds after which what has not been delivered is written. Default: 2000. */
  readonly after?: number
}

/** What a destination has refused of a request that it accepted as a whole. */
export interface Rejection {
  /** How many spans, records or points. */
  readonly count: number
  readonly reason?: string
}

/** The options with nothing left open. */
export interface DeliverySettings extends Required<
  Omit<DeliveryOptions, 'url' | 'tls' | 'read' | 'explain' | 'spool'>
> {
  readonly url: URL
  readonly tls: NonNullable<DeliveryOptions['tls']>
  readonly read: DeliveryOptions['read']
  readonly explain: DeliveryOptions['explain']
  readonly batch: Batch
  readonly retry: Retry
  readonly spool: Required<SpoolOptions> | undefined
}

const KIB = 1_024
const MIB = 1_024 * KIB

/** The options that there are. A group has names of its own. */
const NAMES = {
  destination: true,
  signal: true,
  url: true,
  headers: true,
  tls: { ca: true, cert: true, key: true },
  type: true,
  encode: true,
  read: true,
  explain: true,
  compress: true,
  maxBytes: true,
  batch: { bytes: true, items: true, age: true },
  requests: true,
  timeout: true,
  retry: { first: true, longest: true, retryAfter: true },
  spool: { directory: true, maxBytes: true, after: true },
} as const satisfies Record<keyof DeliveryOptions, true | Readonly<Record<string, true>>>

/**
 * Completes the options.
 *
 * @throws {TypeError} one sentence that names the option, its value, and what is allowed
 */
export function deliverySettings(options: DeliveryOptions): DeliverySettings {
  checkNames(options, NAMES, '')
  const { headers = {}, tls = {}, batch = {}, retry = {}, spool } = options
  const settings: DeliverySettings = {
    ...options,
    url: urlFrom(options.url),
    headers,
    tls,
    read: options.read,
    explain: options.explain,
    compress: options.compress ?? true,
    maxBytes: options.maxBytes ?? 12 * MIB,
    batch: { bytes: batch.bytes ?? 512 * KIB, items: batch.items ?? 2_000, age: batch.age ?? 1_000 },
    requests: options.requests ?? 2,
    timeout: options.timeout ?? 10_000,
    retry: {
      first: retry.first ?? 500,
      longest: retry.longest ?? 5_000,
      retryAfter: retry.retryAfter ?? 60_000,
    },
    spool: spool && {
      directory: spool.directory,
      maxBytes: spool.maxBytes ?? 128 * MIB,
      after: spool.after ?? 2_000,
    },
  }
  for (const [name, value] of Object.entries({ ...headers, 'content-type': options.type })) {
    validateHeaderName(name)
    validateHeaderValue(name, value)
  }
  atLeast(64 * KIB, 'maxBytes', settings.maxBytes)
  atLeast(1, 'requests', settings.requests)
  atLeast(1, 'timeout', settings.timeout)
  for (const [name, value] of Object.entries(settings.batch)) atLeast(1, `batch.${name}`, value)
  for (const [name, value] of Object.entries(settings.retry)) atLeast(1, `retry.${name}`, value)
  if (settings.spool) {
    mustBe('string', 'spool.directory', settings.spool.directory)
    atLeast(64 * KIB, 'spool.maxBytes', settings.spool.maxBytes)
    atLeast(0, 'spool.after', settings.spool.after)
  }
  mustBe('string', 'destination', settings.destination)
  mustBe('string', 'signal', settings.signal)
  mustBe('function', 'encode', settings.encode)
  mustBe('boolean', 'compress', settings.compress)
  return settings
}

/** A misspelt option would be one that is silently left out. */
function checkNames(options: object, names: Readonly<Record<string, unknown>>, group: string): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue
    const known = Object.hasOwn(names, name) ? names[name] : undefined
    if (known === undefined)
      throw new TypeError(
        `Sightline: option ${group}${name} of a delivery does not exist: there are ${Object.keys(names).join(', ')}`,
      )
    if (known === true) continue
    // What stands in the place of certificates must not be shown.
    if (typeof value !== 'object' || value === null)
      throw new TypeError(`Sightline: option ${name} of a delivery must be an object`)
    // The table holds names and groups of names.
    checkNames(value, known as Readonly<Record<string, true>>, `${name}.`)
  }
}

function mustBe(type: 'string' | 'boolean' | 'function', name: string, value: unknown): void {
  const articles = { string: 'a text', boolean: 'true or false', function: 'a function' }
  if (typeof value !== type || value === '') throw wrong(name, value, articles[type])
}

function wrong(name: string, value: unknown, allowed: string): TypeError {
  const shown = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return new TypeError(`Sightline: ${name} of a delivery is ${shown}, but must be ${allowed}`)
}

function urlFrom(value: string | URL): URL {
  const url = URL.parse(String(value))
  if (url === null || !/^https?:$/.test(url.protocol)) {
    // The value may hold a password, and is shown as far as it cannot.
    throw new TypeError(
      `Sightline: the url of a destination is ${JSON.stringify(String(value).replace(/\/\/.*@/, '//…@'))}, but must begin with http:// or https://`,
    )
  }
  return url
}

function atLeast(least: number, name: string, value: number): void {
  if (!(Number.isFinite(value) && value >= least)) throw wrong(name, value, `a number of at least ${least}`)
}
