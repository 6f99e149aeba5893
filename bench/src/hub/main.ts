import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'

import { withSection } from '../report/section.ts'
import { HUB_HELP, hubWishesFrom, type Step } from './arguments.ts'
import { bareFastifyMicros } from './fastify.ts'
import { loadAverage } from './process/usage.ts'
import { hubTable } from './report/table.ts'
import { type HubResults, merged, readHubResults, type Row, writeHubResults } from './results.ts'
import { measureFreshness } from './steps/freshness.ts'
import { measureIngest } from './steps/ingest.ts'
import { measureKills } from './steps/kill.ts'
import { measureMixed } from './steps/mixed.ts'
import { measureOverload } from './steps/overload.ts'
import { measureQueries } from './steps/queries.ts'
import { measureStartUp } from './steps/start-up.ts'
import type { Figure, StepContext } from './steps/step.ts'
import { TARGET_MICROS } from './targets.ts'

const DOCUMENT = new URL('../../../docs/hub.md', import.meta.url)

const MEASURES: { readonly [S in Step]: (context: StepContext) => Promise<Figure[]> } = {
  start: measureStartUp,
  spans: (context) => measureIngest('traces', context),
  logs: (context) => measureIngest('logs', context),
  points: (context) => measureIngest('metrics', context),
  mixed: measureMixed,
  overload: measureOverload,
  fresh: measureFreshness,
  queries: measureQueries,
  kill: measureKills,
}

/** Measures the hub, prints the table, and writes what was measured. */
export async function benchHub(argv: readonly string[], say: (text: string) => void): Promise<void> {
  const wishes = hubWishesFrom(argv)
  if (wishes.help) {
    process.stdout.write(`${HUB_HELP}\n`)
    return
  }
  say('bare Fastify')
  const fastifyMicros = await bareFastifyMicros()
  say(`bare Fastify: ${fastifyMicros.toFixed(1)} µs of CPU a request`)
  const scale = fastifyMicros / TARGET_MICROS
  const rows: Row[] = []
  try {
    for (const step of wishes.steps) {
      const figures = await inFolders((folder) => MEASURES[step]({ ...wishes, scale, folder, say }))
      const date = new Date().toISOString().slice(0, 10)
      const conditions = { date, loadAverage: loadAverage(), fastifyMicros }
      const measured = figures.map((figure) => ({ ...figure, ...conditions }))
      rows.push(...measured)
      // Written after each step, so that a later failure loses no results.
      if (wishes.isKept) keep(measured)
    }
  } finally {
    process.stdout.write(`\n${hubTable(here(rows))}\n`)
  }
}

/** Removes the folders that a step has made. */
async function inFolders<T>(work: (folder: () => string) => Promise<T>): Promise<T> {
  const folders: string[] = []
  try {
    return await work(() => {
      const made = mkdtempSync(join(tmpdir(), 'bench-hub-'))
      folders.push(made)
      return made
    })
  } finally {
    for (const made of folders) rmSync(made, { recursive: true, force: true })
  }
}

function keep(rows: readonly Row[]): void {
  const results = here(merged(readHubResults()?.rows ?? [], rows))
  writeHubResults(results)
  writeFileSync(DOCUMENT, withSection(readFileSync(DOCUMENT, 'utf8'), 'hub', hubTable(results)))
}

function here(rows: readonly Row[]): HubResults {
  const cores = cpus()
  return {
    node: process.versions.node,
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    rows,
  }
}
