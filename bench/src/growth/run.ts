import { messageOf, startChild, stopChild } from '../child.ts'
import { type Effort, measureRequests } from '../requests/run.ts'
import { variantsFor } from '../requests/variants.ts'
import type { Framework } from '../service/plan.ts'
import type { Spread } from '../statistics.ts'

const LABELS = new URL('labels.ts', import.meta.url)

/** The counters: Sightline's business counter and prom-client's own. */
const COUNTERS = ['sightline', 'prom-client'] as const

export type CounterName = (typeof COUNTERS)[number]

/** The variants measured with a growing number of routes. Growth in all of them is the router's. */
const GROWING = ['bare', 'burn', 'logger', 'sightline-10']

/** The cost of requests in a growing application. */
export interface RouteGrowth {
  readonly framework: Framework
  readonly routes: number
  readonly title: string
  /** Added CPU time per request, in microseconds. */
  readonly added: Spread
}

/** The cost of one count with a growing number of label sets. */
export interface LabelGrowth {
  readonly counter: CounterName
  readonly labelSets: number
  readonly nanos: number
}

/** Measures Sightline and other variants against the bare framework, with few and with many routes. */
export async function measureRouteGrowth(
  frameworks: readonly Framework[],
  sizes: readonly number[],
  effort: Effort,
  say: (text: string) => void,
): Promise<RouteGrowth[]> {
  const growth: RouteGrowth[] = []
  for (const framework of frameworks) {
    const variants = variantsFor(framework, ({ name }) => GROWING.includes(name))
    for (const routes of sizes) {
      const costs = await measureRequests(framework, variants, { ...effort, routes }, (text) =>
        say(`${text}, ${routes} routes`),
      )
      for (const { name, title, added } of costs)
        if (name !== 'bare') growth.push({ framework, routes, title, added })
    }
  }
  return growth
}

/** Measures a business counter, each time in a new process. */
export async function measureLabelGrowth(
  sizes: readonly number[],
  say: (text: string) => void,
): Promise<LabelGrowth[]> {
  const growth: LabelGrowth[] = []
  for (const labelSets of sizes) {
    for (const counter of COUNTERS) {
      say(`${counter}: a counter with ${labelSets.toLocaleString('en')} label sets`)
      const child = startChild({ module: LABELS, args: [counter, String(labelSets)] })
      try {
        growth.push({ counter, labelSets, nanos: await messageOf<number>(child) })
      } finally {
        await stopChild(child)
      }
    }
  }
  return growth
}
