import { validateHeaderName, validateHeaderValue } from 'node:http'
import type { SecureContextOptions } from 'node:tls'

import type { Answer } from './answer.ts'

/** The destination of a delivery, and its limits. Times are milliseconds. */
export interface DeliveryOptions {
  /** Name of the destination in metrics and the log, such as `otlp`. */
  readonly destination: string
  /** Name of the signal, such as `traces`. */
  readonly signal: string
  /** The URL that receives the POST requests. User and password in it are sent as basic authentication. */
  readonly url: string | URL
  readonly headers?: Readonly<Record<string, string>>
  /** Certificates for https, in the forms that `tls.createSecureContext` accepts. */
  readonly tls?: Pick<SecureContextOptions, 'ca' | 'cert' | 'key'>
  /** The content type of every request. */
  readonly type: string
  /**
   * Builds the body of a request from its items. It runs once per attempt. It must neither change nor keep
   * the items: they are views of the queue's memory.
   */
  encode(items: readonly Uint8Array[]): Uint8Array | string
  /**
   * Reads the number of rejected items, of `count`, from the response to an accepted request. Rejected items
   * are not sent again.
   */
  read?(answer: Answer, count: number): Rejection | undefined
  /** Reads a short reason for the log from the response to a rejected request. */
  explain?(answer: Answer): string | undefined
  /** Compresses bodies with gzip. Default: true. */
  readonly compress?: boolean
  /** Memory limit of the queue, in bytes. Default: 12 MiB. */
  readonly maxBytes?: number
  /**
   * Limits of one request: `bytes` (default: 512 KiB), `items` (2000), and the `age` after which a partial
   * batch is sent (1000).
   */
  readonly batch?: Partial<Batch>
  /** Maximum number of requests in flight. With 1, items arrive in order. Default: 2. */
  readonly requests?: number
  /** Timeout of an attempt, including the response. Default: 10,000. */
  readonly timeout?: number
  /**
   * Backoff after a failed attempt: up to `first` (default: 500) after the first, growing up to `longest`
   * (5000). `Retry-After` is obeyed up to `retryAfter` (60,000).
   */
  readonly retry?: Partial<Retry>
  /** Also keeps waiting items on disk, so that they survive the death of the process. Default: off. */
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
  /** Milliseconds in the queue after which an item is also written to disk. Default: 2000. */
  readonly after?: number
}

/** The rejected part of an accepted request. */
export interface Rejection {
  /** Number of spans, records or points. */
  readonly count: number
  readonly reason?: string
}

/** The options with all defaults applied. */
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

/** The known option names. A nested table lists the names of a group. */
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
 * Validates the options and applies the defaults.
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

/** Rejects unknown options: a misspelt option would otherwise be ignored. */
function checkNames(options: object, names: Readonly<Record<string, unknown>>, group: string): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue
    const known = Object.hasOwn(names, name) ? names[name] : undefined
    if (known === undefined)
      throw new TypeError(
        `Sightline: option ${group}${name} of a delivery does not exist: there are ${Object.keys(names).join(', ')}`,
      )
    if (known === true) continue
    // The value may be a certificate or key: the message must not show it.
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
    // The value may hold a password: the message shows only the safe part.
    throw new TypeError(
      `Sightline: the url of a destination is ${JSON.stringify(String(value).replace(/\/\/.*@/, '//…@'))}, but must begin with http:// or https://`,
    )
  }
  return url
}

function atLeast(least: number, name: string, value: number): void {
  if (!(Number.isFinite(value) && value >= least)) throw wrong(name, value, `a number of at least ${least}`)
}
