import {
  Counter as ClientCounter,
  Gauge as ClientGauge,
  Histogram as ClientHistogram,
  type Registry,
  Summary as ClientSummary,
} from '@prometheus-io/client'

import type { FaultReporter } from '../fault.ts'
import type { ScopeStorage } from '../scopes.ts'
import { OVERFLOW } from './instruments.ts'

/** A value for each label. */
export type Labels<L extends string> = Readonly<Record<L, string | number>>

/** A count that only grows, such as orders. */
export interface Counter<L extends string = never> {
  inc(...args: [L] extends [never] ? [value?: number] : [labels: Labels<L>, value?: number]): void
}

/** A value that goes up and down, such as a stock. */
export interface Gauge<L extends string = never> {
  set(...args: [L] extends [never] ? [value: number] : [labels: Labels<L>, value: number]): void
  inc(...args: [L] extends [never] ? [value?: number] : [labels: Labels<L>, value?: number]): void
  dec(...args: [L] extends [never] ? [value?: number] : [labels: Labels<L>, value?: number]): void
}

/** How values are distributed, such as the size of baskets. */
export interface Observed<L extends string = never> {
  observe(...args: [L] extends [never] ? [value: number] : [labels: Labels<L>, value: number]): void
}

/** What every instrument is made with. */
export interface InstrumentConfig<L extends string = never> {
  /** By Prometheus' conventions: base units (`_seconds`, `_bytes`), a counter ends in `_total`. */
  readonly name: string
  readonly help: string
  /** The names of the labels. Their values must be few: what overflows the cap ends in one series. */
  readonly labels?: readonly L[]
}

export interface HistogramConfig<L extends string = never> extends InstrumentConfig<L> {
  /** Boundaries, ascending. Default: those of the Prometheus client, which suit seconds. */
  readonly buckets?: readonly number[]
}

export interface SummaryConfig<L extends string = never> extends InstrumentConfig<L> {
  /** Between 0 and 1. Default: 0.5, 0.9, 0.99. */
  readonly percentiles?: readonly number[]
  /** Seconds over which the percentiles are taken. Default: 600. */
  readonly maxAgeSeconds?: number
}

/** Makes business instruments. Asking for the same one again gives the same one: hot reload and tests need no reset. */
export interface BusinessInstruments {
  counter<const L extends string = never>(config: InstrumentConfig<L>): Counter<L>
  gauge<const L extends string = never>(config: InstrumentConfig<L>): Gauge<L>
  histogram<const L extends string = never>(config: HistogramConfig<L>): Observed<L>
  summary<const L extends string = never>(config: SummaryConfig<L>): Observed<L>
}

export interface BusinessSetup {
  readonly registry: Registry
  readonly storage: ScopeStorage
  readonly maxSeries: number
  /** Told of each observation that did not find room for its label set. */
  readonly refuse: (instrument: string) => void
  /** Told of a wrong use: an unknown label, a value that is no number. */
  readonly fault: FaultReporter
  /** Whether Sightline itself uses this name. */
  readonly isReserved: (name: string) => boolean
}

type Kind = 'counter' | 'gauge' | 'histogram' | 'summary'
type LabelSet = Record<string, string | number>
type Arguments = [labels: LabelSet, value?: number] | [value?: number]

/** The business instruments of one Sightline, and how many label sets each of them has. */
export interface BusinessParts {
  readonly instruments: BusinessInstruments
  series(): Iterable<readonly [metric: string, count: number]>
}

/** Makes the business instruments of one Sightline on the maintained Prometheus client, guarded against label explosion. */
export function businessInstruments(setup: BusinessSetup): BusinessParts {
  const made = new Map<
    string,
    { readonly shape: string; readonly instrument: unknown; readonly guard: Guard }
  >()

  function once<I>(kind: Kind, config: InstrumentConfig<string>, create: (guard: Guard['around']) => I): I {
    const { name, labels = [] } = config
    const shape = `${kind}(${labels.join(', ')})`
    const existing = made.get(name)
    if (existing) {
      if (existing.shape !== shape) {
        throw new Error(
          `metric ${name} is a ${existing.shape} already and cannot be a ${shape} too: choose another name`,
        )
      }
      // The same name and shape was made by the same method.
      return existing.instrument as I
    }
    if (setup.isReserved(name))
      throw new Error(`metric ${name} is one of Sightline's own: choose another name`)
    const guard = guarded(name, labels, setup)
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

  /** The trace that an observation was made in, where somebody records it. */
  const exemplar = (): { exemplarLabels?: Record<string, string> } => {
    const trace = setup.storage.getStore()?.trace
    return trace?.sampled ? { exemplarLabels: { trace_id: trace.traceId, span_id: trace.spanId } } : {}
  }

  const instruments: BusinessInstruments = {
    counter: (config) =>
      once('counter', config, (guard) => {
        const counter = new ClientCounter({ ...base(config), enableExemplars: true })
        return {
          inc: guard(1, (labels, value) => counter.inc({ labels, value, ...exemplar() })),
        }
      }) as never,
    gauge: (config) =>
      once('gauge', config, (guard) => {
        const gauge = new ClientGauge(base(config))
        return {
          set: guard(0, (labels, value) => gauge.set(labels, value)),
          inc: guard(1, (labels, value) => gauge.inc(labels, value)),
          dec: guard(1, (labels, value) => gauge.dec(labels, value)),
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
          observe: guard(Number.NaN, (labels, value) => histogram.observe({ labels, value, ...exemplar() })),
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
        return { observe: guard(Number.NaN, (labels, value) => summary.observe(labels, value)) }
      }) as never,
  }
  return {
    instruments,
    *series() {
      for (const [name, { guard }] of made) yield [name, guard.series()]
    },
  }
}

/** Stands between the user's code and the client: never throws, and lets only so many label sets through. */
interface Guard {
  /** How many label sets it has let through, the overflow's included. */
  series(): number
  /** @param otherwise what is applied where no value is given */
  around(otherwise: number, apply: (labels: LabelSet, value: number) => void): (...args: Arguments) => void
}

function guarded(name: string, labelNames: readonly string[], setup: BusinessSetup): Guard {
  const seen = new Set<string>()
  const overflow = Object.fromEntries(labelNames.map((label) => [label, OVERFLOW]))
  let overflowed = 0

  function admitted(labels: LabelSet): LabelSet {
    if (labelNames.length === 0) return labels
    const key = labelNames.map((label) => labels[label]).join('\u0000')
    if (seen.has(key)) return labels
    if (seen.size >= setup.maxSeries) {
      setup.refuse(name)
      overflowed = 1
      return overflow
    }
    seen.add(key)
    return labels
  }

  return {
    series: () => (labelNames.length === 0 ? 1 : seen.size + overflowed),
    around:
      (otherwise, apply) =>
      (...args) => {
        try {
          const [first, second] = args
          const [labels, value] = typeof first === 'object' && first !== null ? [first, second] : [{}, first]
          for (const label of Object.keys(labels)) {
            if (!labelNames.includes(label))
              throw new TypeError(`it has no label "${label}", only: ${labelNames.join(', ') || 'none'}`)
          }
          apply(admitted(labels), value ?? otherwise)
        } catch (error) {
          setup.fault(`metric ${name}`, error)
        }
      },
  }
}
