import type { NumberFamily, NumberSeries } from '../series/family.ts'
import { labelled } from '../series/labels.ts'

/** The configuration of a ratio of two metrics. */
export interface RatioConfig {
  /** By Prometheus' conventions it ends in `_ratio`: `shop_conversion_ratio`. */
  readonly name: string
  readonly help: string
  /**
   * What is counted: a metric of this or another service, with or without labels, as PromQL selects it:
   * `shop_orders_total{status="paid"}`. At most 1,024 characters.
   */
  readonly of: string
  /** What it is compared with, such as `shop_visits_total`. */
  readonly to: string
}

/** The declared ratios of one Sightline. */
export interface Ratios {
  /** One series for each ratio, with its definition as labels. */
  readonly family: NumberFamily
  declare(config: RatioConfig): void
}

/**
 * Creates the ratios of one Sightline. A ratio is exported as its definition, never as a number: its parts are often counted by several
 * services and processes, and a quotient of counts since the start of a process cannot be added up. Readers calculate it over their time
 * range.
 */
export function createRatios(): Ratios {
  const series: NumberSeries[] = []
  return {
    family: {
      name: 'metric_ratio_info',
      help: 'Ratios that the service has declared, and what they consist of. Always 1.',
      type: 'gauge',
      across: 'same',
      series: () => series,
    },
    declare: ({ name, help, of, to }) => void series.push({ ...labelled({ name, help, of, to }), value: 1 }),
  }
}
