import { homedir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import { bytesOf, millisecondsOf } from './text/quantities.ts'
import { UsageError } from './usage.ts'

const LOG_LEVELS = ['error', 'warn', 'info'] as const

/** The levels of `--log-level`. */
type LogLevel = (typeof LOG_LEVELS)[number]

/** The options of a hub, checked. */
export interface HubWishes {
  readonly port: number
  readonly host: string
  /** Required of senders. */
  readonly token: string | undefined
  /** Required of readers. */
  readonly viewToken: string | undefined
  /** Further names under which the hub is addressed. */
  readonly allowHost: readonly string[]
  /** Origins of pages that may send. */
  readonly allowOrigin: readonly string[]
  readonly folder: string
  /** Bytes. */
  readonly maxDisk: number
  /** Milliseconds. */
  readonly retention: number
  readonly scrape: readonly string[]
  readonly prometheus: string | undefined
  readonly forward: string | undefined
  readonly redact: boolean
  readonly logLevel: LogLevel
}

/** The options of a command that asks a hub. */
export interface ClientWishes {
  /** The origin of the hub, without a slash at its end. */
  readonly hub: string
  /** Whether the command line or a variable names the hub. Otherwise it is one of this machine, which commands may start. */
  readonly isHubNamed: boolean
  /** For sending. */
  readonly token: string | undefined
  /** For reading. */
  readonly viewToken: string | undefined
  readonly json: boolean
  readonly from: string | undefined
  readonly to: string | undefined
  readonly limit: number
  readonly follow: boolean
}

/** A command line, understood. */
export interface Wishes {
  readonly command: 'hub' | 'run' | 'demo' | 'ask' | 'logs' | 'trace' | 'help' | 'version'
  /** The words after the command. */
  readonly words: readonly string[]
  /** What follows `--`: the program of `run` with its arguments, or further words. */
  readonly rest: readonly string[]
  readonly hub: HubWishes
  readonly client: ClientWishes
}

const COMMANDS = ['run', 'demo', 'ask', 'logs', 'trace'] as const

/** The options, as `parseArgs` takes them. */
export const OPTIONS = {
  port: { type: 'string' },
  host: { type: 'string' },
  token: { type: 'string' },
  'view-token': { type: 'string' },
  'allow-host': { type: 'string', multiple: true },
  'allow-origin': { type: 'string', multiple: true },
  data: { type: 'string' },
  'max-disk': { type: 'string' },
  retention: { type: 'string' },
  scrape: { type: 'string', multiple: true },
  prometheus: { type: 'string' },
  forward: { type: 'string' },
  'no-redact': { type: 'boolean' },
  'log-level': { type: 'string' },
  hub: { type: 'string' },
  json: { type: 'boolean' },
  from: { type: 'string' },
  to: { type: 'string' },
  limit: { type: 'string' },
  follow: { type: 'boolean', short: 'f' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const

type Given = ReturnType<typeof parsed>['values']

/**
 * Reads a command line and the variables `SIGHTLINE_HUB_*`. An option wins over its variable.
 *
 * @throws {UsageError} with one sentence that names the option and the value
 */
export function wishesFrom(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Wishes {
  const end = args.indexOf('--')
  const own = end === -1 ? args : args.slice(0, end)
  const { values, positionals } = parsed(own.map(asWord))
  const [first, ...words] = positionals.map((word) => word.replace('\0', ''))
  const hub = hubWishes(values, env)
  return {
    command: commandOf(values, first),
    words,
    rest: end === -1 ? [] : args.slice(end + 1),
    hub,
    client: clientWishes(values, hub, env),
  }
}

/**
 * Queries begin with a minus, too: `-level:debug`. An argument cannot contain the NUL that makes one a word for the parser.
 */
function asWord(arg: string): string {
  return /^-[^-]/.test(arg) && !/^-[fhv]$/.test(arg) ? `\0${arg}` : arg
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true })
  } catch (error) {
    const [sentence = ''] = (error instanceof Error ? error.message : String(error)).split('. ')
    throw new UsageError(`${sentence}. See sightline --help`)
  }
}

function commandOf({ help, version }: Given, first: string | undefined): Wishes['command'] {
  if (help) return 'help'
  if (version) return 'version'
  if (first === undefined) return 'hub'
  const command = COMMANDS.find((each) => each === first)
  if (command !== undefined) return command
  throw new UsageError(
    `There is no command ${JSON.stringify(first)}: ${COMMANDS.join(', ')}. See sightline --help`,
  )
}

function hubWishes(given: Given, env: NodeJS.ProcessEnv): HubWishes {
  const variable = (name: string) => env[`SIGHTLINE_HUB_${name}`] || undefined
  const list = (name: string) =>
    variable(name)
      ?.split(',')
      .map((each) => each.trim()) ?? []
  return {
    port: portOf(given.port ?? variable('PORT') ?? '4318'),
    host: given.host ?? variable('HOST') ?? '127.0.0.1',
    token: given.token ?? variable('TOKEN'),
    viewToken: given['view-token'] ?? variable('VIEW_TOKEN'),
    allowHost: given['allow-host'] ?? list('ALLOW_HOST'),
    allowOrigin: given['allow-origin'] ?? list('ALLOW_ORIGIN'),
    folder: given.data ?? variable('DATA') ?? dataFolder(env),
    maxDisk: bytesOf(given['max-disk'] ?? variable('MAX_DISK') ?? '5GB', '--max-disk'),
    retention: millisecondsOf(given.retention ?? variable('RETENTION') ?? '14d', '--retention'),
    scrape: given.scrape ?? list('SCRAPE'),
    prometheus: given.prometheus ?? variable('PROMETHEUS'),
    forward: optional(given.forward ?? variable('FORWARD'), (url) => httpUrl(url, '--forward')),
    redact: !(given['no-redact'] ?? variable('NO_REDACT') === 'true'),
    logLevel: logLevelOf(given['log-level'] ?? variable('LOG_LEVEL') ?? 'info'),
  }
}

function clientWishes(
  given: Given,
  { port, token, viewToken }: HubWishes,
  env: NodeJS.ProcessEnv,
): ClientWishes {
  const named = given.hub ?? (env['SIGHTLINE_HUB_URL'] || undefined)
  return {
    hub: named === undefined ? `http://127.0.0.1:${port}` : httpUrl(named, '--hub').replace(/\/+$/, ''),
    isHubNamed: named !== undefined,
    token,
    viewToken,
    json: given.json ?? false,
    from: given.from,
    to: given.to,
    limit: countOf(given.limit ?? '100', '--limit'),
    follow: given.follow ?? false,
  }
}

function optional<T, R>(value: T | undefined, read: (value: T) => R): R | undefined {
  return value === undefined ? undefined : read(value)
}

function portOf(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new UsageError(`--port is ${JSON.stringify(text)}: give a number from 0 to 65535`)
}

function countOf(text: string, option: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text)
  throw new UsageError(`${option} is ${JSON.stringify(text)}: give a number from 1 to 99999`)
}

function httpUrl(text: string, option: string): string {
  const url = URL.parse(text)
  if (url !== null && /^https?:$/.test(url.protocol)) return text
  throw new UsageError(`${option} is ${JSON.stringify(text)}: give a URL such as http://127.0.0.1:4318`)
}

function logLevelOf(text: string): LogLevel {
  const level = LOG_LEVELS.find((each) => each === text)
  if (level !== undefined) return level
  throw new UsageError(`--log-level is ${JSON.stringify(text)}: give one of ${LOG_LEVELS.join(', ')}`)
}

/** https://specifications.freedesktop.org/basedir-spec/latest/ */
function dataFolder(env: NodeJS.ProcessEnv): string {
  return join(env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'sightline')
}
