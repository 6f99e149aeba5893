import { parseArgs } from 'node:util'

import { above0, oneOf, UsageError } from '../arguments.ts'

/** The steps, in their order. */
export const STEPS = [
  'start',
  'spans',
  'logs',
  'points',
  'mixed',
  'overload',
  'fresh',
  'queries',
  'kill',
] as const

export type Step = (typeof STEPS)[number]

/** The options of the command line. */
export interface HubWishes {
  readonly help: boolean
  readonly steps: readonly Step[]
  /** Seconds of each load. */
  readonly seconds: number
  readonly spans: number
  readonly logs: number
  /** A folder that keeps the queried data for later runs. */
  readonly data: string | undefined
  /** A folder for CPU profiles of the hub. */
  readonly profiles: string | undefined
  /** Whether the results and the document are written. */
  readonly isKept: boolean
}

export const HUB_HELP = `What the hub stores and answers, beside its targets.

Usage: bench hub [options]

  --only <a,b>       these steps: ${STEPS.join(', ')}
  --seconds <n>      how long each load takes (5)
  --spans <n>        spans of the data that is queried (1000000)
  --logs <n>         log records of that data (1000000)
  --data <folder>    keeps that data there, and uses it again
  --profile <folder> writes CPU profiles of the hub's threads there
  --dry-run          prints the table, and writes nothing
  -h, --help         prints this

Measured rows are written into bench/hub-results.json and docs/hub.md.`

/**
 * Parses the command line after `hub`.
 *
 * @throws {UsageError} one sentence with the error
 */
export function hubWishesFrom(argv: readonly string[]): HubWishes {
  const values = parsed(argv)
  return {
    help: values.help,
    steps: values.only?.split(',').map((name) => oneOf(STEPS, name, '--only')) ?? STEPS,
    seconds: above0(values.seconds, '--seconds'),
    spans: above0(values.spans, '--spans'),
    logs: above0(values.logs, '--logs'),
    data: values.data,
    profiles: values.profile,
    isKept: !values['dry-run'],
  }
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        only: { type: 'string' },
        seconds: { type: 'string', default: '5' },
        spans: { type: 'string', default: '1000000' },
        logs: { type: 'string', default: '1000000' },
        data: { type: 'string' },
        profile: { type: 'string' },
        'dry-run': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values
  } catch (error) {
    // The first sentence states the mistake. The rest is advice on parsing.
    const [mistake = ''] = (error instanceof Error ? error.message : String(error)).split(/\.(?:\s|$)/)
    throw new UsageError(`${mistake}. Try hub --help.`)
  }
}
