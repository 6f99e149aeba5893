import { existsSync, readFileSync, writeFileSync } from 'node:fs'

import type { Part } from './arguments.ts'
import type { LabelGrowth, RouteGrowth } from './growth/run.ts'
import type { WriterCost } from './logging/run.ts'
import type { Machine } from './machine.ts'
import type { Cost } from './requests/run.ts'
import type { ScrapeCost } from './scrape/run.ts'
import type { Framework } from './service/plan.ts'
import type { Endurance } from './soak/run.ts'
import type { StartCost } from './startup/run.ts'

/** The result type of each part. */
export interface Findings {
  requests: ReadonlyArray<{ readonly framework: Framework; readonly costs: readonly Cost[] }>
  scrape: readonly ScrapeCost[]
  growth: { readonly routes: readonly RouteGrowth[]; readonly labels: readonly LabelGrowth[] }
  logging: readonly WriterCost[]
  startup: readonly StartCost[]
  soak: readonly Endurance[]
}

/** One measurement of one part. */
export interface Run<P extends Part> {
  /** The date, such as 2026-11-20. */
  readonly date: string
  /** The command that repeats the run. */
  readonly command: string
  readonly machine: Machine
  readonly findings: Findings[P]
}

/** The last complete run of each part. */
export type Results = { readonly [P in Part]?: Run<P> }

const FILE = new URL('../results.json', import.meta.url)

/** Reads earlier results. */
export function readResults(): Results {
  return existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as Results) : {}
}

/** Saves results, and keeps those of unmeasured parts. */
export function keepResults(measured: Results): Results {
  const results = { ...readResults(), ...measured }
  writeFileSync(FILE, jsonOf(results))
  return results
}

/** Results as JSON text, without insignificant digits. */
export function jsonOf(results: Results): string {
  const rounded = (_name: string, value: unknown) =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value
  return `${JSON.stringify(results, rounded, 2)}\n`
}
