import { availableParallelism } from 'node:os'
import { join } from 'node:path'

import { dashboardFolder } from './modules.ts'
import type { ScrapeConfig } from './scrape/config/scrape-config.ts'

/** Writes a line for the operator. */
export type HubLog = (level: 'info' | 'warn' | 'error', message: string) => void

/** The options of {@link startHub}. Times are milliseconds, sizes bytes. */
export interface HubOptions {
  /** The folder of the data. It is created where it does not exist. */
  readonly folder: string
  /** 0 for a free port. Default: 4318. */
  readonly port?: number | undefined
  /** The address to listen on. Any other than loopback needs tokens, which are generated where none are given. Default: 127.0.0.1. */
  readonly host?: string | undefined
  /** Further host names under which the hub is addressed, such as the name of a reverse proxy or of a Compose service. */
  readonly hosts?: readonly string[] | undefined
  /** Required of clients that send telemetry. At least 16 characters. */
  readonly token?: string | undefined
  /** Required of clients and browsers that read. At least 16 characters. */
  readonly viewToken?: string | undefined
  /** Origins of pages that may send telemetry, such as `https://shop.example`; `*` for all. Default: none. */
  readonly origins?: readonly string[] | undefined
  /** Most bytes on disk. Default: 5 GB. */
  readonly maxDisk?: number | undefined
  /** Age at which spans and log records are deleted. Default: 14 days. */
  readonly retention?: number | undefined
  /** Most series of one job. Default: 20,000. */
  readonly seriesPerJob?: number | undefined
  /** What is scraped: `scrape_configs` of a prometheus.yml. Default: nothing. */
  readonly scrape?: readonly ScrapeConfig[] | undefined
  /** The URL of a collector or another hub that gets all accepted requests, as they came: their secrets are not masked. */
  readonly forward?: string | undefined
  /** Whether secrets are masked before they are stored. Default: true. */
  readonly redact?: boolean | undefined
  /** Threads that store spans and log records. Default: 2, or 1 on one core. */
  readonly eventThreads?: number | undefined
  /** The folder of the dashboard's files; `false` for a hub without pages. Default: those that come with the hub. */
  readonly dashboard?: string | false | undefined
  /** Default: lines on standard error. */
  readonly log?: HubLog | undefined
}

/** The options with all defaults applied. */
export interface HubSettings {
  readonly folder: string
  readonly forwardFolder: string
  readonly port: number
  readonly host: string
  readonly hosts: readonly string[]
  readonly token: string | undefined
  readonly viewToken: string | undefined
  readonly origins: readonly string[]
  readonly maxDisk: number
  readonly retention: number
  readonly seriesPerJob: number
  readonly scrape: readonly ScrapeConfig[]
  readonly forward: string | undefined
  readonly redact: boolean
  readonly eventThreads: number
  readonly dashboard: string | undefined
  readonly log: HubLog
}

const DAY_MS = 86_400_000
const SHORTEST_TOKEN = 16

/**
 * Validates the options and applies the defaults.
 *
 * @throws {TypeError} one sentence that names the option, its value, and what is allowed
 */
export function hubSettings(options: HubOptions): HubSettings {
  const {
    port = 4_318,
    maxDisk = 5_000_000_000,
    retention = 14 * DAY_MS,
    seriesPerJob = 20_000,
    eventThreads,
  } = options
  if (options.folder === '') throw new TypeError('Sightline: folder of the hub is empty, but must be a path')
  between(0, 65_535, 'port', port)
  between(50_000_000, Number.MAX_SAFE_INTEGER, 'maxDisk', maxDisk)
  between(60_000, Number.MAX_SAFE_INTEGER, 'retention', retention)
  between(1, 10_000_000, 'seriesPerJob', seriesPerJob)
  const threads = eventThreads ?? Math.min(2, availableParallelism())
  between(1, 64, 'eventThreads', threads)
  for (const name of ['token', 'viewToken'] as const) checkToken(name, options[name])
  for (const origin of options.origins ?? [])
    if (origin !== '*' && !/^https?:\/\/[^/?#\s]+\/?$/i.test(origin))
      throw new TypeError(
        `Sightline: an origin of the hub is ${JSON.stringify(origin)}, but must look like https://shop.example`,
      )
  return {
    folder: options.folder,
    forwardFolder: join(options.folder, 'forward'),
    port,
    host: options.host ?? '127.0.0.1',
    hosts: options.hosts ?? [],
    token: options.token,
    viewToken: options.viewToken,
    origins: options.origins ?? [],
    maxDisk,
    retention,
    seriesPerJob,
    scrape: options.scrape ?? [],
    forward: options.forward,
    redact: options.redact ?? true,
    eventThreads: threads,
    dashboard: options.dashboard === false ? undefined : (options.dashboard ?? dashboardFolder()),
    log: options.log ?? ((level, message) => void process.stderr.write(`${level} ${message}\n`)),
  }
}

/** The value is a secret: the message must not show it. */
function checkToken(name: 'token' | 'viewToken', value: string | undefined): void {
  if (value !== undefined && (value.length < SHORTEST_TOKEN || /\s/.test(value)))
    throw new TypeError(
      `Sightline: ${name} of the hub must have at least ${SHORTEST_TOKEN} characters and no spaces`,
    )
}

function between(least: number, most: number, name: string, value: number): void {
  if (!(Number.isInteger(value) && value >= least && value <= most))
    throw new TypeError(
      `Sightline: ${name} of the hub is ${value}, but must be a whole number from ${least} to ${most}`,
    )
}
