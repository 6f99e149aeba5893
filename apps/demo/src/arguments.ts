import { parseArgs } from 'node:util'

/** The options of the command line. */
export interface Wishes {
  readonly help: boolean
  /** Seconds during which new visitors arrive; `undefined`: until Ctrl-C. */
  readonly seconds: number | undefined
  /** Whether a hub is started that stores what the services send. */
  readonly hub: boolean
  /** Whether the day starts shortly before the incident. */
  readonly incident: boolean
}

/** An invalid command line. The message is meant for the user. */
export class UsageError extends Error {}

export const HELP = `A day in a small shop: a storefront (Fastify), orders (Express) and payments (Koa), visited by
shoppers, bargain hunters, scanners and people without patience, and observed with Sightline.

Around noon a release of payments turns out to be faulty, until it is rolled back.

Usage: demo [--for <seconds>] [--incident] [--no-hub]

  --for <seconds>  end by itself after so many seconds of traffic; without it, Ctrl-C ends it
  --incident       start shortly before the faulty release
  --no-hub         start no hub; nor is one started where OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_TRACES_EXPORTER is set
  -h, --help       print this

At the end it compares what the visitors sent with what the metrics counted, what the logs tell and what the hub stored.
Exit code 0: they agree. 1: they do not, or a service failed. 2: the command line makes no sense.`

/**
 * Parses the command line.
 *
 * @throws {UsageError} one sentence with the error
 */
export function wishesFrom(argv: readonly string[]): Wishes {
  const { for: duration, help, incident, 'no-hub': noHub } = parsed(argv)
  return { help, hub: !noHub, incident, seconds: duration === undefined ? undefined : secondsFrom(duration) }
}

function parsed(argv: readonly string[]): {
  for?: string | undefined
  help: boolean
  incident: boolean
  'no-hub': boolean
} {
  // Some package managers pass their own `--` on.
  const args = argv[0] === '--' ? argv.slice(1) : [...argv]
  try {
    const { values } = parseArgs({
      args,
      options: {
        for: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
        incident: { type: 'boolean', default: false },
        'no-hub': { type: 'boolean', default: false },
      },
    })
    return values
  } catch (error) {
    // The first sentence states the mistake. The rest is advice on parsing.
    const [mistake = ''] = (error instanceof Error ? error.message : String(error)).split(/\.(?:\s|$)/)
    throw new UsageError(`${mistake}. Try --help.`)
  }
}

function secondsFrom(duration: string): number {
  const seconds = Number(duration)
  if (duration.trim() === '' || !Number.isFinite(seconds) || seconds <= 0 || seconds > 86_400) {
    throw new UsageError(
      `--for is '${duration}', but must be a number of seconds above 0 and up to 86400. Try --help.`,
    )
  }
  return seconds
}
