import {
  checkOptions,
  listOf,
  milliseconds,
  namesOf,
  objectWith,
  oneOf,
  type Requirement,
  share,
  type Table,
  text,
  yesOrNo,
} from '@sightline/core/telemetry'

import { isHeader, isHttpUrl } from './environment.ts'
import type { TelemetryOptions } from './options.ts'

export const EXPORTERS = ['otlp', 'console', 'none'] as const
export const PROTOCOLS = ['http/protobuf', 'http/json'] as const
export const COMPRESSIONS = ['gzip', 'none'] as const

const address: Requirement = (value) =>
  typeof value === 'string' && isHttpUrl(value) ? undefined : 'an address such as http://collector:4318'

/** Not 0: with no time, nothing would ever be sent. */
const duration: Requirement = (value) => (value === 0 ? milliseconds(-1) : milliseconds(value))

const attribute: Requirement = (value) =>
  value === undefined || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value)
    ? undefined
    : 'a text, a number or a boolean'

/** The values are checked in `checkTelemetryOptions`: they may be keys, which a message must not show. */
const headers: Requirement = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : 'an object of texts'

const hosts: Requirement = (value) =>
  oneOf('private', 'all', 'none')(value) === undefined ||
  (Array.isArray(value) && value.every((each) => text(each) === undefined || each instanceof RegExp))
    ? undefined
    : "'private', 'all', 'none' or a list of hosts"

const SIGNAL = { exporter: oneOf(...EXPORTERS), endpoint: address, headers } satisfies Table

const TABLE: Table = {
  sightlines: listOf(objectWith('a Sightline', 'attach'), 'Sightlines'),
  service: text,
  resource: namesOf(attribute, 'texts, numbers and booleans'),
  endpoint: address,
  headers,
  protocol: oneOf(...PROTOCOLS),
  compression: oneOf(...COMPRESSIONS),
  timeout: duration,
  traces: { ...SIGNAL, delay: duration },
  metrics: { ...SIGNAL, interval: duration },
  logs: { ...SIGNAL, delay: duration },
  sampling: {
    ratio: share,
    parent: yesOrNo,
    routes: namesOf(share, 'numbers from 0 to 1 by path'),
    keepErrors: yesOrNo,
    keepSlow: (value) => (value === Number.POSITIVE_INFINITY ? undefined : milliseconds(value)),
  },
  propagateTo: hosts,
  outbound: yesOrNo,
  instrumentations: listOf(text, 'names of instrumentations'),
  // `@sightline/delivery` validates the spool options.
  spool: () => undefined,
  quiet: yesOrNo,
} satisfies Record<keyof TelemetryOptions, Table[string]>

/**
 * Validates the options, since callers may use plain JavaScript.
 *
 * @throws {TypeError} one sentence that names the option, its value, and what is allowed
 */
export function checkTelemetryOptions(options: TelemetryOptions): void {
  checkOptions(options, TABLE, 'option')
  const { traces, metrics, logs } = options
  for (const [where, given] of Object.entries({
    headers: options.headers,
    'traces.headers': traces?.headers,
    'metrics.headers': metrics?.headers,
    'logs.headers': logs?.headers,
  })) {
    for (const [name, value] of Object.entries(given ?? {})) {
      if (!isHeader(name, value))
        throw new TypeError(`Sightline: option ${where} has ${JSON.stringify(name)}, which is no header`)
    }
  }
}
