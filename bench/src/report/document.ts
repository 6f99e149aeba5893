import { readFileSync, writeFileSync } from 'node:fs'

import { type Part, PARTS } from '../arguments.ts'
import type { Machine } from '../machine.ts'
import type { Results, Run } from '../results.ts'
import { drawChart } from './chart.ts'
import { tablesOf } from './parts.ts'
import { withSection } from './section.ts'

const DOCUMENT = new URL('../../../docs/benchmarks.md', import.meta.url)
const CHART = new URL('../../../docs/benchmark.svg', import.meta.url)

/** Writes results into the documents: the tables between their markers, and the chart. */
export function writeDocuments(results: Results): void {
  let text = readFileSync(DOCUMENT, 'utf8')
  for (const part of PARTS) {
    const run = results[part]
    // The types of a run and its part belong together, which a loop over parts cannot express.
    if (run) text = withSection(text, part, sectionOf(part, run as Run<typeof part>))
  }
  writeFileSync(DOCUMENT, text)
  if (results.requests) writeFileSync(CHART, drawChart(results.requests))
}

/** The section of one run. */
export function sectionOf<P extends Part>(part: P, { findings, machine, date, command }: Run<P>): string {
  return `${tablesOf(part, findings)}\n\n${origin(machine, date)}: \`${command}\``
}

function origin({ node, cpu, cores, kernel, packages }: Machine, date: string): string {
  const versions = Object.entries(packages).map(([name, version]) => `${name} ${version}`)
  return `Measured on ${date} with Node.js ${node} on ${cores} cores (${cpu}, Linux ${kernel}), ${versions.join(', ')}`
}
