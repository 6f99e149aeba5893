import type { Cost } from '../requests/run.ts'
import type { Findings } from '../results.ts'
import type { Framework } from '../service/plan.ts'
import type { Spread } from '../statistics.ts'
import { digits, markdownTable } from './table.ts'

/** Display names of frameworks. */
export const FRAMEWORK_TITLES: Record<Framework, string> = {
  fastify: 'Fastify',
  express: 'Express',
  koa: 'Koa',
}

/** The compared variants, and the maximum share of their cost. */
const COMPARISONS = [
  {
    title: 'everything, 10 % sampled : fair stack, 10 % sampled',
    ours: 'sightline-10',
    theirs: 'fair-10',
    most: { fastify: 0.11, express: 0.07, koa: 0.1 },
  },
  {
    title: 'everything, 100 % sampled : fair stack, 100 % sampled',
    ours: 'sightline-100',
    theirs: 'fair-100',
    most: { fastify: 0.18, express: 0.1, koa: 0.13 },
  },
  {
    title: 'everything, 10 % sampled : a logger alone',
    ours: 'sightline-10',
    theirs: 'logger',
    most: { fastify: 0.5, express: 0.5, koa: 0.5 },
  },
  {
    title: 'everything, 10 % sampled : a logger alone, each line written at once',
    ours: 'sightline-10',
    theirs: 'logger-sync',
    most: { fastify: 0.5, express: 0.5, koa: 0.5 },
  },
] as const

/** One table for each framework, and one that compares. */
export function requestTables(findings: Findings['requests']): string {
  const tables = findings.map(
    ({ framework, costs }) => `### ${FRAMEWORK_TITLES[framework]}\n\n${costTable(costs)}`,
  )
  const comparison = comparisonTable(findings)
  return [
    ...tables,
    ...(comparison === undefined
      ? []
      : [`### Side by side\n\nIn brackets what it should be at most.\n\n${comparison}`]),
  ].join('\n\n')
}

function costTable(costs: readonly Cost[]): string {
  const heads = ['variant', 'CPU µs added', 'quartiles', 'CPU µs', 'throughput', 'p99 ms', 'MB', 'spans']
  return markdownTable(
    heads,
    costs.map(({ title, added, cpu, throughput, p99Ms, rss, spans }) => [
      title,
      digits(added.median, 1),
      quartiles(added),
      digits(cpu.median, 1),
      digits(throughput, 2),
      digits(p99Ms, 1),
      digits(rss / 1e6),
      digits(spans, 2),
    ]),
  )
}

/** Sightline's added cost as a share of another variant's, with the maximum. */
function comparisonTable(findings: Findings['requests']): string | undefined {
  const rows = COMPARISONS.flatMap(({ title, ours, theirs, most }) => {
    const ratios = findings.map(({ framework, costs }) => {
      const added = (name: string) => costs.find((cost) => cost.name === name)?.added.median
      const [own, other] = [added(ours), added(theirs)]
      if (own === undefined || other === undefined) return undefined
      return `${(own / other).toFixed(2)} (${most[framework].toFixed(2)})`
    })
    const known = ratios.filter((ratio) => ratio !== undefined)
    return known.length === 0 ? [] : [[title, ...ratios.map((ratio) => ratio ?? '')]]
  })
  const heads = [
    'Sightline : others, added CPU',
    ...findings.map(({ framework }) => FRAMEWORK_TITLES[framework]),
  ]
  return rows.length === 0 ? undefined : markdownTable(heads, rows)
}

/** The quartiles: half of the measurements lie between them. */
export function quartiles({ low, high }: Spread): string {
  return `${low.toFixed(1)} to ${high.toFixed(1)}`
}
