import { setTimeout as delay } from 'node:timers/promises'

import { startCollector } from '../collector.ts'
import { planOf, titleOf, variantsFor } from '../requests/variants.ts'
import { type ServiceProcess, startService } from '../service-process.ts'
import type { Framework } from '../service/plan.ts'
import { slopeOf } from '../statistics.ts'
import { type Pacer, startPacer } from './pacer.ts'

/** The result of a long run. */
export interface Endurance {
  readonly framework: Framework
  readonly name: string
  readonly title: string
  readonly minutes: number
  readonly requests: number
  /**
   * Growth of the heap after full collections, in bytes per minute, without the first quarter of the time.
   */
  readonly slope: number
  /** The part of the growth that is compiled functions. */
  readonly codeSlope: number
  /** Heap bytes after the last full collection. */
  readonly heap: number
  readonly rss: number
  /** Milliseconds of garbage collection per second of service. */
  readonly gcMsPerSecond: number
}

const READINGS = 40
const REQUESTS_PER_SECOND = 400
const SOAKED = new Set(['bare', 'sightline-100'])

/** Runs bare and observed services in parallel at a fixed rate. */
export async function measureEndurance(
  frameworks: readonly Framework[],
  minutes: number,
  say: (text: string) => void,
): Promise<Endurance[]> {
  await using alive = new AsyncDisposableStack()
  const collector = await startCollector()
  alive.defer(collector.close)

  const soaked = []
  for (const framework of frameworks) {
    for (const variant of variantsFor(framework, ({ name }) => SOAKED.has(name))) {
      const plan = planOf(variant, framework, collector.endpointOf(variant.name))
      const service = await startService(plan, ['--expose-gc'])
      alive.defer(service.stop)
      const pacer = startPacer(service.url, REQUESTS_PER_SECOND)
      soaked.push({ framework, variant, service, pacer, readings: [] as Reading[] })
    }
  }
  const begin = performance.now()
  for (let n = 1; n <= READINGS; n++) {
    const due = begin + (n / READINGS) * minutes * 60_000
    await delay(Math.max(0, due - performance.now()))
    say(`soak: ${((n / READINGS) * minutes).toFixed(1)} of ${minutes} minutes`)
    for (const each of soaked) each.readings.push(await read(each.service))
  }
  const results: Endurance[] = []
  for (const { framework, variant, service, pacer, readings } of soaked) {
    results.push({
      framework,
      name: variant.name,
      title: titleOf(variant, framework),
      minutes,
      ...(await summaryOf(service, pacer, readings)),
    })
  }
  return results
}

interface Reading {
  readonly at: number
  readonly heap: number
  readonly code: number
  readonly gcMs: number
}

async function read(service: ServiceProcess): Promise<Reading> {
  return { at: performance.now(), ...(await service.memory()) }
}

async function summaryOf(service: ServiceProcess, pacer: Pacer, readings: readonly Reading[]) {
  await pacer.stop()
  const settled = readings.slice(readings.length / 4)
  const [first, last] = [settled[0], settled.at(-1)]
  if (first === undefined || last === undefined) throw new Error('a soak without readings says nothing')
  const gcMs = settled.slice(1).reduce((sum, reading) => sum + reading.gcMs, 0)
  return {
    requests: pacer.answered,
    slope: slopeOf(settled.map(({ at, heap }) => [at / 60_000, heap])),
    codeSlope: slopeOf(settled.map(({ at, code }) => [at / 60_000, code])),
    heap: last.heap,
    rss: (await service.usage()).rss,
    gcMsPerSecond: gcMs / ((last.at - first.at) / 1_000),
  }
}
