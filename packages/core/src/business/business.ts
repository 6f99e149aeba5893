import {
  Counter as ClientCounter,
  Gauge as ClientGauge,
  Histogram as ClientHistogram,
  type Registry,
  Summary as ClientSummary,
} from '@prometheus-io/client'

import type { ScopeStorage } from '../context/scopes.ts'
import { typeOf } from '../series/client-family.ts'
import type { Family } from '../series/family.ts'
import { type Guard, guarded, type Limits } from './guard.ts'
import { checkInstrument, type InstrumentKind } from './instrument-config.ts'
import { createRatios, type RatioConfig } from './ratios.ts'

/** The owner of metric names in a scrape. */
export interface NameOwner {
  readonly name: string
  /** Whether it is Sightline's, not the application's. */
  readonly isOwn: boolean
}

/** A value for each label. */
export type Labels<L extends string> = Readonly<Record<L, string | number>>

/** A count that only grows, such as orders. */
export interface Counter<L extends string = never> {
  inc(...args: [L] extends [never] ? [value?: number] : [labels: Labels<L>, value?: number]): void
}

/** A value that rises and falls, such as a stock. */
export interface Gauge<L extends string = never> {
  set(...args: [L] extends [never] ? [value: number] : [labels: Labels<L>, value: number]): void
  inc(...args: [L] extends [never] ? [value?: number] : [labels: Labels<L>, value?: number]): void
  dec(...args: [L] extends [never] ? [value?: number] : [labels: Labels<L>, value?: number]): void
}

/** A distribution of values over buckets, such as the size of baskets. */
export interface Histogram<L extends string = never> {
  observe(...args: [L] extends [never] ? [value: number] : [labels: Labels<L>, value: number]): void
}

/** A distribution of values as percentiles, which the process calculates itself. */
export interface Summary<L extends string = never> {
  observe(...args: [L] extends [never] ? [value: number] : [labels: Labels<L>, value: number]): void
}

/** The configuration of all instruments. */
export interface InstrumentConfig<L extends string = never> {
  /** By Prometheus' conventions: base units (`_seconds`, `_bytes`); a counter ends in `_total`. */
  readonly name: string
  readonly help: string
  /** Label names. Label values must be few: label sets beyond the cap share one overflow series. */
  readonly labels?: readonly L[]
}

export interface HistogramConfig<L extends string = never> extends InstrumentConfig<L> {
  /** Bucket boundaries, ascending, from 0 on. Default: those of the Prometheus client, suited to seconds. */
  readonly buckets?: readonly number[]
}

export interface SummaryConfig<L extends string = never> extends InstrumentConfig<L> {
  /** Between 0 and 1. Default: 0.5, 0.9, 0.99. */
  readonly percentiles?: readonly number[]
  /** Time window of the percentiles, in seconds. Default: 600. */
  readonly maxAgeSeconds?: number
}

/**
 * Creates business instruments. The same definition returns the same instrument: hot reload and tests need no
 * reset. A wrong definition throws one sentence. Wrong use never throws.
 */
export interface BusinessInstruments {
  counter<const L extends string = never>(config: InstrumentConfig<L>): Counter<L>
  gauge<const L extends string = never>(config: InstrumentConfig<L>): Gauge<L>
  histogram<const L extends string = never>(config: HistogramConfig<L>): Histogram<L>
  summary<const L extends string = never>(config: SummaryConfig<L>): Summary<L>
  /**
   * Declares a ratio of two metrics, such as the conversion of visits to orders. The scrape shows its definition in
   * `metric_ratio_info`; the hub's pages and your queries calculate it.
   */
  ratio(config: RatioConfig): void
}

export interface BusinessSetup extends Limits {
  readonly registry: Registry
  readonly storage: ScopeStorage
  /** The owner of the names that an instrument needs in a scrape. `undefined` if they are free. */
  readonly ownerOf: (family: Pick<Family, 'name' | 'type'>) => NameOwner | undefined
}

/** The business instruments of one Sightline, with their number of label sets. */
export interface BusinessParts {
  readonly instruments: BusinessInstruments
  /** The definitions of the declared ratios. */
  readonly ratios: Family
  series(): Iterable<readonly [metric: string, count: number]>
}

/** In both formats a `_sum` only grows: strict parsers reject a scrape with a negative one. */
const SUMMED = { least: 0 }

/**
 * Creates the business instruments of one Sightline on the maintained Prometheus client, with a limit on
 * label sets.
 */
export function businessInstruments(setup: BusinessSetup): BusinessParts {
  const made = new Map<
    string,
    { readonly shape: string; readonly instrument: unknown; readonly guard: Guard }
  >()
  const ratios = createRatios()

  function once<I>(
    kind: InstrumentKind,
    config: InstrumentConfig<string> | RatioConfig,
    create: (guard: Guard['around']) => I,
  ): I {
    const existing = made.get(config?.name)
    if (existing === undefined) checkInstrument(kind, config)
    const { name } = config
    const labels = 'labels' in config ? (config.labels ?? []) : []
    const shape = 'of' in config ? `ratio(${config.of} / ${config.to})` : `${kind}(${labels.join(', ')})`
    if (existing) {
      if (existing.shape !== shape) {
        throw new Error(
          `metric ${name} is a ${existing.shape} already and cannot be a ${shape} too: choose another name`,
        )
      }
      // The same name and shape came from the same method, so the type fits.
      return existing.instrument as I
    }
    const owner = setup.ownerOf({ name, type: kind === 'ratio' ? 'gauge' : typeOf({ name, type: kind }) })
    if (owner !== undefined) throw new Error(refusalOf(name, owner))
    const guard = guarded(name, [...labels], setup)
    const instrument = create(guard.around)
    made.set(name, { shape, instrument, guard })
    return instrument
  }

  const base = ({ name, help, labels = [] }: InstrumentConfig<string>) => ({
    name,
    help,
    labelNames: [...labels],
    registers: [setup.registry],
  })

  /** The trace of an observation, if it is recorded. */
  const exemplar = (): { exemplarLabels?: Record<string, string> } => {
    const trace = setup.storage.getStore()?.trace
    return trace?.sampled ? { exemplarLabels: { trace_id: trace.traceId, span_id: trace.spanId } } : {}
  }

  const instruments: BusinessInstruments = {
    counter: (config) =>
      once('counter', config, (guard) => {
        const counter = new ClientCounter({ ...base(config), enableExemplars: true })
        return {
          inc: guard({ otherwise: 1, least: 0 }, (labels, value) =>
            counter.inc({ labels, value, ...exemplar() }),
          ),
        }
      }) as never,
    gauge: (config) =>
      once('gauge', config, (guard) => {
        const gauge = new ClientGauge(base(config))
        return {
          set: guard({}, (labels, value) => gauge.set(labels, value)),
          inc: guard({ otherwise: 1 }, (labels, value) => gauge.inc(labels, value)),
          dec: guard({ otherwise: 1 }, (labels, value) => gauge.dec(labels, value)),
        }
      }) as never,
    histogram: (config) =>
      once('histogram', config, (guard) => {
        const { buckets } = config
        const histogram = new ClientHistogram({
          ...base(config),
          ...(buckets && { buckets: [...buckets] }),
          enableExemplars: true,
        })
        return {
          observe: guard(SUMMED, (labels, value) => histogram.observe({ labels, value, ...exemplar() })),
        }
      }) as never,
    summary: (config) =>
      once('summary', config, (guard) => {
        const { percentiles = [0.5, 0.9, 0.99], maxAgeSeconds = 600 } = config
        const summary = new ClientSummary({
          ...base(config),
          percentiles: [...percentiles],
          maxAgeSeconds,
          ageBuckets: 5,
        })
        return { observe: guard(SUMMED, (labels, value) => summary.observe(labels, value)) }
      }) as never,
    ratio: (config) => once('ratio', config, () => ratios.declare(config)),
  }
  return {
    instruments,
    ratios: ratios.family,
    *series() {
      for (const [name, { guard }] of made) yield [name, guard.series()]
    },
  }
}

/** The message for all kinds of owners: the application, Sightline, or a registry. */
function refusalOf(name: string, { name: owner, isOwn }: NameOwner): string {
  const whose = isOwn ? "one of Sightline's own" : 'there already'
  return owner === name
    ? `metric ${name} is ${whose}: choose another name`
    : `metric ${name} cannot be told from ${owner} in a scrape, which is ${whose}: choose another name`
}
