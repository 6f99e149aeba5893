import { parseArgs } from 'node:util'

/** What the command line asks for. */
export interface Wishes {
  readonly help: boolean
  /** For how many seconds visitors keep coming; `undefined`: until Ctrl-C. */
  readonly seconds: number | undefined
}

/** A command line that makes no sense. Its message is meant for the person who typed it. */
export class UsageError extends Error {}

/** What `--help` prints. */
export const HELP = `A day in a small shop: a storefront (Fastify), orders (Express) and payments (Koa), visited by
shoppers, bargain hunters, scanners and people without patience, and observed with Sightline.

Usage: demo [--for <seconds>]

  --for <seconds>  end by itself after so many seconds of traffic; without it, Ctrl-C ends it
  -h, --help       print this

At the end it compares what the visitors sent with what the metrics counted and what the logs tell.
Exit code 0: they agree. 1: they do not, or a service failed. 2: the command line makes no sense.`

/**
 * Reads the command line.
 *
 * @throws {UsageError} one sentence that says what was wrong
 */
export function wishesFrom(argv: readonly string[]): Wishes {
  const { for: duration, help } = parsed(argv)
  return { help, seconds: duration === undefined ? undefined : secondsFrom(duration) }
}

function parsed(argv: readonly string[]): { for?: string | undefined; help: boolean } {
  // Some package managers hand the `--` on that was meant for them.
  const args = argv[0] === '--' ? argv.slice(1) : [...argv]
  try {
    const { values } = parseArgs({
      args,
      options: { for: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
    })
    return values
  } catch (error) {
    // Only its first sentence is about the mistake; what follows is advice on parsing.
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
