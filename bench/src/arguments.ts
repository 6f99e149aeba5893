import { parseArgs } from 'node:util'

import { VARIANTS } from './requests/variants.ts'
import { type Framework, FRAMEWORKS } from './service/plan.ts'

/** The parts of the benchmark. */
export const PARTS = ['requests', 'scrape', 'growth', 'logging', 'startup', 'soak'] as const

export type Part = (typeof PARTS)[number]

/** The options of the command line. */
export interface Wishes {
  readonly help: boolean
  /** The parts to measure, in this order. Empty: only the documents are written again. */
  readonly parts: readonly Part[]
  readonly quick: boolean
  readonly frameworks: readonly Framework[]
  /** Names of variants; `undefined`: all. */
  readonly variants: readonly string[] | undefined
  /** New processes per variant; `undefined`: the default of the form. */
  readonly rounds: number | undefined
  /** Duration of the soak. */
  readonly minutes: number
  /** An additional file for the results. */
  readonly json: string | undefined
  /** Whether only a part of the documented variants is measured: the documents then stay unchanged. */
  readonly partial: boolean
}

/** An invalid command line. The message is meant for the user. */
export class UsageError extends Error {}

export const HELP = `What a request costs: bare frameworks, Sightline, and what Sightline replaces.

Usage: bench [part ...] [options]
       bench hub [options]

Parts: ${PARTS.join(', ')}
       none: all of them; with --quick, --only or --variants the requests
       docs: writes the documents again, from the results of the last complete run

  --quick            fewer variants, under 3 minutes
  --only <name>      one framework: ${FRAMEWORKS.join(', ')}
  --variants <a,b>   these variants besides the bare framework
  --rounds <n>       fresh processes of each variant
  --minutes <n>      how long the soak takes (10)
  --json <file>      writes the results there too
  -h, --help         prints this

A run that is complete in a part writes it into bench/results.json, docs/benchmarks.md and docs/benchmark.svg.

Variants: ${VARIANTS.map(({ name }) => name).join(', ')}`

/**
 * Parses the command line.
 *
 * @throws {UsageError} one sentence with the error
 */
export function wishesFrom(argv: readonly string[]): Wishes {
  const { values, positionals } = parsed(argv)
  const frameworks = values.only === undefined ? FRAMEWORKS : [oneOf(FRAMEWORKS, values.only, '--only')]
  const names = VARIANTS.map(({ name }) => name)
  const variants = values.variants?.split(',').map((name) => oneOf(names, name, '--variants'))
  const partial = values.quick || values.only !== undefined || variants !== undefined
  return {
    help: values.help,
    parts: partsFrom(positionals, partial),
    quick: values.quick,
    frameworks,
    variants: variants && ['bare', ...variants],
    rounds: values.rounds === undefined ? undefined : Math.ceil(above0(values.rounds, '--rounds')),
    minutes: above0(values.minutes, '--minutes'),
    json: values.json,
    partial,
  }
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      // Some package managers pass their own `--` on.
      args: argv[0] === '--' ? argv.slice(1) : [...argv],
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        only: { type: 'string' },
        variants: { type: 'string' },
        rounds: { type: 'string' },
        minutes: { type: 'string', default: '10' },
        json: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    // The first sentence states the mistake. The rest is advice on parsing.
    const [mistake = ''] = (error instanceof Error ? error.message : String(error)).split(/\.(?:\s|$)/)
    throw new UsageError(`${mistake}. Try --help.`)
  }
}

function partsFrom(words: readonly string[], partial: boolean): readonly Part[] {
  if (words.length === 1 && words[0] === 'docs') return []
  if (words.length === 0) return partial ? ['requests'] : PARTS
  return words.map((word) => oneOf(PARTS, word, 'a part'))
}

/** @throws {UsageError} for a word that is not allowed */
export function oneOf<T extends string>(allowed: readonly T[], word: string, what: string): T {
  const found = allowed.find((each) => each === word)
  if (found === undefined)
    throw new UsageError(`${what} is '${word}', but must be one of ${allowed.join(', ')}.`)
  return found
}

/** @throws {UsageError} for anything but a number above 0 */
export function above0(word: string, what: string): number {
  const number = Number(word)
  if (word.trim() === '' || !Number.isFinite(number) || number <= 0) {
    throw new UsageError(`${what} is '${word}', but must be a number above 0.`)
  }
  return number
}
