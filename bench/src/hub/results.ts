import { existsSync, readFileSync, writeFileSync } from 'node:fs'

import type { Figure } from './steps/step.ts'
import { TARGETS } from './targets.ts'

/** A measured row, with the conditions of its measurement. */
export interface Row extends Figure {
  /** Such as 2026-11-20. */
  readonly date: string
  /** Processes that ran or waited for a core in the minute of the measurement, on all cores. */
  readonly loadAverage: number
  /** CPU time of a request of the bare Fastify, in microseconds. */
  readonly fastifyMicros: number
}

/** The last measurement of each row. */
export interface HubResults {
  readonly node: string
  readonly cpu: string
  readonly cores: number
  readonly rows: readonly Row[]
}

const RESULTS_FILE = new URL('../../hub-results.json', import.meta.url)

/** Earlier results. */
export function readHubResults(file: URL | string = RESULTS_FILE): HubResults | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as HubResults) : undefined
}

/** Writes results as JSON, without insignificant digits. */
export function writeHubResults(results: HubResults, file: URL | string = RESULTS_FILE): void {
  const rounded = (_name: string, value: unknown) =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value
  writeFileSync(file, `${JSON.stringify(results, rounded, 2)}\n`)
}

/** Replaces rows of the same target and amount of data, in the order of the targets. */
export function merged(earlier: readonly Row[], measured: readonly Row[]): Row[] {
  const key = ({ target, at = '' }: Row) => `${target} ${at}`
  const rows = new Map([...earlier, ...measured].map((row) => [key(row), row]))
  const place = ({ target }: Row) => TARGETS.findIndex(({ name }) => name === target)
  return [...rows.values()].toSorted(
    (a, b) => place(a) - place(b) || (a.at ?? '').localeCompare(b.at ?? '', 'en', { numeric: true }),
  )
}
