import { type Collector, startCollector } from '../collector.ts'
import { type LoadReport, runLoad } from '../load.ts'
import { startService } from '../service-process.ts'
import type { Framework, ServicePlan } from '../service/plan.ts'
import { medianOf, type Spread, spreadOf } from '../statistics.ts'
import { prove, type Proven, proveSilence } from './proof.ts'
import { planOf, titleOf, type Variant } from './variants.ts'

/** Duration and repetitions of a measurement. */
export interface Effort {
  /** New processes per variant. */
  readonly rounds: number
  /** Uncounted passes before the measurement. */
  readonly warmUps: number
  /** Counted passes. */
  readonly passes: number
  readonly sliceSeconds: number
  /** Number of routes. Default: 1. */
  readonly routes?: number
}

/** The cost of a request in one variant. */
export interface Cost {
  readonly name: string
  readonly title: string
  /** CPU time of the service per request, in microseconds. */
  readonly cpu: Spread
  /** The same, minus the bare framework in the same pass. */
  readonly added: Spread
  /** Requests per second, relative to the bare framework in the same pass. */
  readonly throughput: number
  /** 99th percentile of the latency, in milliseconds. */
  readonly p99Ms: number
  /** Resident memory at the end, in bytes. */
  readonly rss: number
  /** Received spans per request. */
  readonly spans: number
}

interface Slice {
  readonly cpu: number
  readonly rate: number
  readonly p99Ms: number
}

interface Measured {
  readonly variant: Variant
  /** Each slice with the reference of the same pass. */
  readonly slices: Array<readonly [slice: Slice, reference: Slice]>
  readonly rss: number[]
  requests: number
  spans: number
}

/**
 * Maximum number of variants that run beside the reference at once. A process that waits several seconds for
 * its turn becomes slower: V8 shrinks its heap and discards compiled functions when idle, which costs up to 7
 * µs.
 */
const AT_ONCE = 4

/** Measures the variants of one framework. The first one is the reference. */
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
  const [reference, ...others] = measured
  if (reference === undefined) return []
  for (let round = 1; round <= effort.rounds; round++) {
    say(`${framework}: round ${round} of ${effort.rounds}`)
    for (const batch of batchesOf(shuffled(others), AT_ONCE)) {
      await measureBatch(framework, reference, [reference, ...batch], effort)
    }
  }
  return measured.map((each) => costOf(framework, each))
}

/** Measures new processes of some variants and of the reference, one slice of each in turn. */
async function measureBatch(
  framework: Framework,
  reference: Measured,
  batch: readonly Measured[],
  effort: Effort,
): Promise<void> {
  await using alive = new AsyncDisposableStack()
  const collector = await startCollector()
  alive.defer(collector.close)

  const running: Array<readonly [Measured, Proven]> = []
  for (const each of shuffled(batch)) {
    const proven = await startProven(
      planOf(each.variant, framework, collector.endpointOf(each.variant.name), effort.routes),
      each.variant,
      collector,
    )
    alive.defer(async () => {
      await proven.service.stop()
      await proveSilence(proven)
    })
    running.push([each, proven])
  }

  for (let pass = -effort.warmUps; pass < effort.passes; pass++) {
    const taken = new Map<Measured, Slice>()
    // A random order, so that no variant always has the same predecessor.
    for (const [each, proven] of shuffled(running)) {
      const before = proven.spans()
      const { report, slice } = await takeSlice(proven, effort.sliceSeconds, effort.routes)
      taken.set(each, slice)
      if (pass < 0) continue
      each.requests += report.requests
      each.spans += proven.spans() - before
    }
    if (pass < 0) continue
    const compared = taken.get(reference) as Slice
    for (const [each, slice] of taken) each.slices.push([slice, compared])
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

/** The items in random order. */
function shuffled<T>(things: readonly T[]): T[] {
  return things
    .map((thing) => ({ thing, place: Math.random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ thing }) => thing)
}

/** Splits the items into batches of at most `size`. Without items there is one batch, in which the reference runs alone. */
function batchesOf<T>(things: readonly T[], size: number): T[][] {
  const count = Math.max(1, Math.ceil(things.length / size))
  // Distributed in turn, so that batches have similar sizes.
  return Array.from({ length: count }, (_, i) => things.filter((_thing, at) => at % count === i))
}

/** Puts load on one service, and counts all CPU time that the load causes. */
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

function costOf(framework: Framework, { variant, slices, rss, requests, spans }: Measured): Cost {
  return {
    name: variant.name,
    title: titleOf(variant, framework),
    cpu: spreadOf(slices.map(([{ cpu }]) => cpu)),
    added: spreadOf(slices.map(([slice, reference]) => slice.cpu - reference.cpu)),
    throughput: medianOf(slices.map(([slice, reference]) => slice.rate / reference.rate)),
    p99Ms: medianOf(slices.map(([{ p99Ms }]) => p99Ms)),
    rss: medianOf(rss),
    spans: spans / requests,
  }
}
