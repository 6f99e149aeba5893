import { parseArgs } from 'node:util'

import { VARIANTS } from './requests/variants.ts'
import { type Framework, FRAMEWORKS } from './service/plan.ts'

/** What can be measured. */
export const PARTS = ['requests', 'scrape', 'growth', 'logging', 'startup', 'soak'] as const

export type Part = (typeof PARTS)[number]

/** What the command line asks for. */
export interface Wishes {
  readonly help: boolean
  /** What to measure, in this order; empty: only the documents are written again. */
  readonly parts: readonly Part[]
  readonly quick: boolean
  readonly frameworks: readonly Framework[]
  /** Names of variants; `undefined`: all. */
  readonly variants: readonly string[] | undefined
  /** Fresh processes of each variant; `undefined`: as many as the form has. */
  readonly rounds: number | undefined
  /** How long the soak takes. */
  readonly minutes: number
  /** Where the results go besides. */
  readonly json: string | undefined
  /** Whether only a part of what the documents show is measured: then they stay as they are. */
  readonly partial: boolean
}

/** A command line that makes no sense. Its message is meant for the person who typed it. */
export class UsageError extends Error {}

/** What `--help` prints. */
export const HELP = `What a request costs: bare frameworks, Sightline, and what Sightline replaces.

Usage: bench [part ...] [options]

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
 * Reads the command line.
 *
 * @throws {UsageError} one sentence that says what was wrong
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
      // Some package managers hand the `--` on that was meant for them.
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
    // Only its first sentence is about the mistake; what follows is advice on parsing.
    const [mistake = ''] = (error instanceof Error ? error.message : String(error)).split(/\.(?:\s|$)/)
    throw new UsageError(`${mistake}. Try --help.`)
  }
}

function partsFrom(words: readonly string[], partial: boolean): readonly Part[] {
  if (words.length === 1 && words[0] === 'docs') return []
  if (words.length === 0) return partial ? ['requests'] : PARTS
  return words.map((word) => oneOf(PARTS, word, 'a part'))
}

function oneOf<T extends string>(allowed: readonly T[], word: string, what: string): T {
  const found = allowed.find((each) => each === word)
  if (found === undefined)
    throw new UsageError(`${what} is '${word}', but must be one of ${allowed.join(', ')}.`)
  return found
}

function above0(word: string, what: string): number {
  const number = Number(word)
  if (word.trim() === '' || !Number.isFinite(number) || number <= 0) {
    throw new UsageError(`${what} is '${word}', but must be a number above 0.`)
  }
  return number
}
