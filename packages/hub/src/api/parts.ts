import type { Queries } from '../query/queries.ts'
import type { Json } from '../query/views/json.ts'
import type { StoreKeeper } from '../store/store.ts'

/** What the API is made of. */
export interface ApiParts {
  readonly queries: Queries
  readonly keeper: Pick<StoreKeeper, 'setErrorState' | 'state'>
  /** The scrape targets, as `/api/v1/targets` lists them. */
  targets(): readonly ScrapeTarget[]
  /** The state of the other parts of the hub, for `/api/hub`. */
  state(): Promise<Readonly<Record<string, Json>>>
  /** Missing where no rules are evaluated. */
  readonly alerting?: AlertingView | undefined
  /** Version of the hub, for `/api/hub`. */
  readonly version: string
  /** Milliseconds since 1970. Default: the clock. */
  readonly now?: (() => number) | undefined
}

/** Rules and alerts in the shapes of Prometheus' HTTP API. */
export interface AlertingView {
  /** `groups` of `/api/v1/rules`. */
  rules(type: 'alert' | 'record' | undefined): readonly Json[]
  /** `alerts` of `/api/v1/alerts`. */
  alerts(): readonly Json[]
}

/** A scrape target in the shape of Prometheus' HTTP API. */
export interface ScrapeTarget {
  readonly discoveredLabels: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  readonly scrapePool: string
  readonly scrapeUrl: string
  readonly globalUrl: string
  readonly lastError: string
  /** RFC 3339. */
  readonly lastScrape: string
  /** Seconds. */
  readonly lastScrapeDuration: number
  readonly health: 'down' | 'unknown' | 'up'
  readonly scrapeInterval: string
  readonly scrapeTimeout: string
}
