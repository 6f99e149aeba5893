import { startCollector } from '../collector.ts'
import { planOf, titleOf, type Variant, variantsFor } from '../requests/variants.ts'
import { startService } from '../service-process.ts'
import type { Framework } from '../service/plan.ts'
import { type Spread, spreadOf } from '../statistics.ts'

/** The cost of a start until the service listens, compared with the bare framework. */
export interface StartCost {
  readonly framework: Framework
  readonly name: string
  readonly title: string
  /** Milliseconds of CPU time since the start of the process. */
  readonly cpuMs: Spread
  /** The same, minus the bare framework in the same round. */
  readonly added: Spread
  /** Resident memory at that time, in bytes. */
  readonly rss: Spread
}

const STARTED = new Set(['bare', 'sightline-10', 'logger', 'trio', 'fair-10'])

/** Measures starts. The variants take turns, each time in a new process. */
export async function measureStarts(
  frameworks: readonly Framework[],
  rounds: number,
  say: (text: string) => void,
): Promise<StartCost[]> {
  const costs: StartCost[] = []
  for (const framework of frameworks) {
    say(`start-up: ${framework}`)
    const variants = variantsFor(framework, ({ name }) => STARTED.has(name))
    const measured = await measureFramework(framework, variants, rounds)
    const bare = measured[0]?.starts ?? []
    for (const { variant, starts } of measured) {
      costs.push({
        framework,
        name: variant.name,
        title: titleOf(variant, framework),
        cpuMs: spreadOf(starts.map(({ cpuMs }) => cpuMs)),
        added: spreadOf(starts.map(({ cpuMs }, i) => cpuMs - (bare[i]?.cpuMs ?? NaN))),
        rss: spreadOf(starts.map(({ rss }) => rss)),
      })
    }
  }
  return costs
}

interface Measured {
  readonly variant: Variant
  readonly starts: Array<{ cpuMs: number; rss: number }>
}

async function measureFramework(
  framework: Framework,
  variants: readonly Variant[],
  rounds: number,
): Promise<Measured[]> {
  const collector = await startCollector()
  const measured = variants.map((variant): Measured => ({ variant, starts: [] }))
  try {
    for (let round = 0; round < rounds; round++) {
      for (const { variant, starts } of measured) {
        const service = await startService(planOf(variant, framework, collector.endpointOf(variant.name)))
        const { cpuMicros, rss } = await service.usage()
        starts.push({ cpuMs: cpuMicros / 1_000, rss })
        await service.stop()
      }
    }
  } finally {
    await collector.close()
  }
  return measured
}
