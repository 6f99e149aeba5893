import type { Labels } from '../../store/samples.ts'
import type { RelabelRule } from '../relabel.ts'

/** What the series thread must know of a target. Plain data. */
export interface ScrapeSettings {
  /** Tells targets apart: the same for the same labels and address, also after a change of the configuration. */
  readonly id: string
  /** Added to each series: `job` and `instance` among them. */
  readonly labels: Labels
  /** Whether a label of the body wins over a label of the target. Otherwise it is renamed to `exported_…`. */
  readonly honorLabels: boolean
  /** Whether timestamps in the body count. */
  readonly honorTimestamps: boolean
  /** Most samples of one scrape, after relabelling. 0: no limit. */
  readonly sampleLimit: number
  readonly metricRelabel: readonly RelabelRule[]
}

/** One scrape of a target, from the thread that fetches to the thread that stores. Plain data. */
export type Scraped =
  | {
      readonly kind: 'body'
      readonly target: ScrapeSettings
      /** Start of the scrape, milliseconds since 1970: the time of its samples. */
      readonly time: number
      /** Duration of the fetch. */
      readonly seconds: number
      readonly body: Uint8Array
      /** The header `content-type`. */
      readonly contentType: string
    }
  | {
      readonly kind: 'failed'
      readonly target: ScrapeSettings
      readonly time: number
      readonly seconds: number
    }
  /** The target will not be scraped again: its series end here. */
  | { readonly kind: 'removed'; readonly target: ScrapeSettings; readonly time: number }

/** What became of a scrape. */
export interface ScrapeOutcome {
  /** Why the body was refused. Empty without an error. */
  readonly error: string
  /** As in `scrape_samples_scraped`. */
  readonly scraped: number
  /** As in `scrape_samples_post_metric_relabeling`. */
  readonly kept: number
  /** As in `scrape_series_added`. */
  readonly added: number
  /** As in `scrape_duration_seconds`. */
  readonly seconds: number
}

/** Where scrapes go: the series thread. */
export interface ScrapeStore {
  /** Stores a scrape. The memory of a body may be transferred. */
  scraped(scrape: Scraped): Promise<ScrapeOutcome>
}
