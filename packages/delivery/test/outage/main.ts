// Outages at full length: lost items, duplicates, recovery time and cost. See docs/delivery.md.
import type { Ledger } from '../../src/index.ts'
import { droppedOf } from '../kit.ts'
import { type Scenario, SCENARIOS, STORM } from './scenarios.ts'
import { type Sighting, setStage } from './stage.ts'

/** Maximum recovery time. */
const PATIENCE_MS = 15_000
const MOST_MEMORY = 64 * 1_024 * 1_024
const MOST_LATENCY = 1.2

interface Row {
  readonly cells: Readonly<Record<string, string | number>>
  /** The broken promises. */
  readonly broken: readonly string[]
}

async function run({ perSecond, healthyMs, play, ...scenario }: Scenario, isMeasured = false): Promise<Row> {
  const stage = await setStage(perSecond, isMeasured)
  // A parallel control run without an outage: it shares the noise of the machine.
  const control = isMeasured ? await setStage(perSecond, true) : undefined
  // The first half warms up compilers and caches.
  await stage.pass(healthyMs / 2)
  stage.look()
  await stage.pass(healthyMs / 2)
  const before = stage.look()
  const controlBefore = control?.look()
  await play(stage)
  const during = stage.look()
  const without = control?.look() ?? during
  await control?.finish()
  await stage.pass(PATIENCE_MS)
  const { ledgers, sink, unexplained, recoveredAt } = await stage.finish()
  const sum = (of: (ledger: Ledger) => number) => ledgers.reduce((total, ledger) => total + of(ledger), 0)
  const produced = sum((ledger) => ledger.produced)
  const delivered = sum((ledger) => ledger.delivered)
  const dropped = sum(droppedOf)
  const lateMs = Math.max(0, sink.lastLateAt - recoveredAt)
  const ratio = percentile(during, 99) / percentile(without, 99)
  const grown = during.rss - before.rss
  const grownWithout = controlBefore ? without.rss - controlBefore.rss : 0
  const promises: Array<[boolean, string]> = [
    [unexplained === 0 && produced === delivered + dropped, 'the ledger does not add up'],
    [sink.items === delivered, `${delivered} are counted as delivered, but ${sink.items} came`],
    [scenario.overflows === true || dropped === 0, `${dropped} were dropped`],
    [scenario.losesAnswers === true || sink.duplicates === 0, `${sink.duplicates} came twice`],
    [lateMs <= PATIENCE_MS, `it took ${lateMs} ms`],
    [
      !isMeasured || grown <= MOST_MEMORY,
      `memory grew by ${megabytes(grown)} MiB, and by ${megabytes(grownWithout)} MiB without it`,
    ],
    [
      !isMeasured || ratio <= MOST_LATENCY,
      `the p99 of a trivial route is higher by a factor of ${ratio.toFixed(2)}`,
    ],
  ]
  return {
    cells: {
      outage: scenario.name,
      produced,
      delivered,
      duplicates: sink.duplicates,
      dropped,
      'all there after (s)': (lateMs / 1_000).toFixed(1),
      'memory (MiB)': controlBefore
        ? `+${megabytes(grown)} (without: +${megabytes(grownWithout)})`
        : `+${megabytes(grown)}`,
      'p99 (ms)': isMeasured
        ? `${percentile(during, 99).toFixed(2)} (without: ${percentile(without, 99).toFixed(2)})`
        : '',
    },
    broken: promises.filter(([kept]) => !kept).map(([, what]) => `${scenario.name}: ${what}`),
  }
}

function percentile({ latencies }: Sighting, percent: number): number {
  return latencies[Math.floor((latencies.length * percent) / 100)] ?? Number.NaN
}

function megabytes(bytes: number): string {
  return (bytes / 1_024 / 1_024).toFixed(0)
}

const [, , wanted = ''] = process.argv
const isWanted = ({ name }: Scenario) => name.includes(wanted)
console.log('Outages, each for 3 signals; this takes up to 10 minutes')
// Scenarios without measurements run in parallel.
const rows = await Promise.all(SCENARIOS.filter(isWanted).map((scenario) => run(scenario)))
if (isWanted(STORM)) rows.push(await run(STORM, true))
console.table(rows.map(({ cells }) => cells))
const broken = rows.flatMap((row) => row.broken)
for (const promise of broken) console.error(`! ${promise}`)
process.exitCode = broken.length > 0 ? 1 : 0
