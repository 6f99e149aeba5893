import { type Collector, startCollector } from '../collector.ts'
import { type LoadReport, runLoad } from '../load.ts'
import { startService } from '../service-process.ts'
import type { Framework, ServicePlan } from '../service/plan.ts'
import { medianOf, type Spread, spreadOf } from '../statistics.ts'
import { prove, type Proven, proveSilence } from './proof.ts'
import { planOf, titleOf, type Variant } from './variants.ts'

/** How long and how often it is measured. */
export interface Effort {
  /** Fresh processes of each variant. */
  readonly rounds: number
  /** How often the slices of all variants follow each other in a round. */
  readonly passes: number
  readonly sliceSeconds: number
  readonly warmUpSeconds: number
  /** Over how many routes the requests go. Default: 1. */
  readonly routes?: number
}

/** What a request costs in one variant. */
export interface Cost {
  readonly name: string
  readonly title: string
  /** CPU time of the service for one request, in microseconds. */
  readonly cpu: Spread
  /** The same beyond that of the bare framework in the same pass. */
  readonly added: Spread
  /** Requests per second, as a part of what the bare framework did in the same pass. */
  readonly throughput: number
  /** The latency within which 99 of 100 requests were answered, in milliseconds. */
  readonly p99Ms: number
  /** Resident memory at the end, in bytes. */
  readonly rss: number
  /** Spans that arrived, as a part of the requests. */
  readonly spans: number
}

interface Slice {
  readonly cpu: number
  readonly rate: number
  readonly p99Ms: number
}

interface Measured {
  readonly variant: Variant
  /** By round and pass. */
  readonly slices: Slice[]
  readonly rss: number[]
  requests: number
  spans: number
}

/** Measures the variants of one framework against each other. The first of them is what the others are compared with. */
export async function measureRequests(
  framework: Framework,
  variants: readonly Variant[],
  effort: Effort,
  say: (text: string) => void,
): Promise<Cost[]> {
  const measured = variants.map((variant): Measured => ({
    variant,
    slices: [],
    rss: [],
    requests: 0,
    spans: 0,
  }))
  for (let round = 1; round <= effort.rounds; round++) {
    say(`${framework}: round ${round} of ${effort.rounds}`)
    await measureRound(framework, measured, effort)
  }
  const [reference] = measured
  return reference ? measured.map((each) => costOf(framework, each, reference)) : []
}

async function measureRound(
  framework: Framework,
  measured: readonly Measured[],
  effort: Effort,
): Promise<void> {
  await using alive = new AsyncDisposableStack()
  const collector = await startCollector()
  alive.defer(collector.close)

  const running = new Map<Measured, Proven>()
  for (const each of measured) {
    const proven = await startProven(
      planOf(each.variant, framework, collector.endpointOf(each.variant.name), effort.routes),
      each.variant,
      collector,
    )
    alive.defer(async () => {
      await proven.service.stop()
      await proveSilence(proven)
    })
    running.set(each, proven)
  }
  // Heavy stacks take seconds until all of their code is compiled.
  for (const proven of running.values()) await takeSlice(proven, effort.warmUpSeconds, effort.routes)

  for (let pass = 0; pass < effort.passes; pass++) {
    // No variant has always the same one before it.
    for (const [each, proven] of shuffled([...running])) {
      const before = proven.spans()
      const { report, slice } = await takeSlice(proven, effort.sliceSeconds, effort.routes)
      each.slices.push(slice)
      each.requests += report.requests
      each.spans += proven.spans() - before
    }
  }
  for (const [each, { service }] of running) each.rss.push((await service.usage()).rss)
}

async function startProven(plan: ServicePlan, variant: Variant, collector: Collector): Promise<Proven> {
  const service = await startService(plan)
  const proven = { service, variant, spans: () => collector.spansOf(variant.name) }
  try {
    await prove(proven)
  } catch (error) {
    await service.stop()
    throw error
  }
  return proven
}

/** The same things in an order of chance. */
function shuffled<T>(things: readonly T[]): T[] {
  return things
    .map((thing) => ({ thing, place: Math.random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ thing }) => thing)
}

/** Puts load on one service, and has it pay for all that the load has caused. */
async function takeSlice(
  { service, variant }: Proven,
  seconds: number,
  routes = 1,
): Promise<{ report: LoadReport; slice: Slice }> {
  const before = await service.usage()
  const report = await runLoad(service.url, { seconds, sampledCallers: variant.sampled, routes })
  await service.settle()
  const after = await service.usage()
  return {
    report,
    slice: {
      cpu: (after.cpuMicros - before.cpuMicros) / report.requests,
      rate: (report.requests / report.micros) * 1e6,
      p99Ms: report.p99 / 1_000,
    },
  }
}

function costOf(
  framework: Framework,
  { variant, slices, rss, requests, spans }: Measured,
  reference: Measured,
): Cost {
  const pairs = slices.map((slice, i) => [slice, reference.slices[i] as Slice] as const)
  return {
    name: variant.name,
    title: titleOf(variant, framework),
    cpu: spreadOf(slices.map(({ cpu }) => cpu)),
    added: spreadOf(pairs.map(([slice, bare]) => slice.cpu - bare.cpu)),
    throughput: medianOf(pairs.map(([slice, bare]) => slice.rate / bare.rate)),
    p99Ms: medianOf(slices.map(({ p99Ms }) => p99Ms)),
    rss: medianOf(rss),
    spans: spans / requests,
  }
}
