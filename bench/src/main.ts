import { writeFileSync } from 'node:fs'

import { HELP, type Part, UsageError, type Wishes, wishesFrom } from './arguments.ts'
import { keepOffServiceCore } from './cores.ts'
import { benchHub } from './hub/main.ts'
import { thisMachine } from './machine.ts'
import { measure } from './measure.ts'
import { sectionOf, writeDocuments } from './report/document.ts'
import { jsonOf, keepResults, readResults, type Results, type Run } from './results.ts'

async function main(): Promise<void> {
  // Some package managers pass their own `--` on.
  const [first, ...rest] = process.argv.slice(2).filter((word, place) => word !== '--' || place > 0)
  if (first === 'hub') return benchHub(rest, say)
  const wishes = wishesFrom(process.argv.slice(2))
  if (wishes.help) {
    process.stdout.write(`${HELP}\n`)
    return
  }
  if (wishes.parts.length === 0) {
    writeDocuments(readResults())
    return
  }
  keepOffServiceCore()
  let results: Results = {}
  for (const part of wishes.parts) {
    const run = await runOf(part, wishes)
    results = { ...results, [part]: run }
    process.stdout.write(`\n${sectionOf(part, run)}\n\n`)
    if (wishes.json !== undefined) writeFileSync(wishes.json, jsonOf(results))
    // Written after each part, so that a later failure loses no results.
    if (!wishes.partial) writeDocuments(keepResults(results))
  }
}

async function runOf<P extends Part>(part: P, wishes: Wishes): Promise<Run<P>> {
  const findings = await measure(part, wishes, say)
  const date = new Date().toISOString().slice(0, 10)
  return {
    date,
    command: ['pnpm bench', ...process.argv.slice(2)].join(' '),
    machine: thisMachine(),
    findings,
  }
}

/** Prints progress to standard error. Standard output has only results. */
function say(text: string): void {
  process.stderr.write(`> ${text}\n`)
}

try {
  await main()
} catch (error) {
  const isUsage = error instanceof UsageError
  process.stderr.write(`${isUsage ? error.message : String(error instanceof Error ? error.stack : error)}\n`)
  process.exitCode = isUsage ? 2 : 1
}
