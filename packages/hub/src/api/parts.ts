import type { Queries } from '../query/queries.ts'
import type { Json } from '../query/views/json.ts'
import type { TargetsData } from '../scrape/scraper.ts'
import type { Saved } from '../serve/saved.ts'
import type { StoreKeeper } from '../store/store.ts'

/** What the API is made of. */
export interface ApiParts {
  readonly queries: Queries
  readonly keeper: Pick<StoreKeeper, 'setErrorState' | 'state'>
  /** The scrape targets, as `/api/v1/targets` of Prometheus lists them. */
  targets(): TargetsData
  /** The state of the other parts of the hub, for `/api/hub`. */
  state(): Promise<Readonly<Record<string, Json>>>
  /** What people have saved on the pages. */
  readonly saved: Saved
  /** Missing where no rules are evaluated. */
  readonly alerting?: AlertingView | undefined
  /** Version of the hub, for `/api/hub`. */
  readonly version: string
  /** Milliseconds since 1970. Default: the clock. */
  readonly now?: (() => number) | undefined
}

/** Rules and alerts in the shapes of Prometheus' HTTP API. */
interface AlertingView {
  /** `groups` of `/api/v1/rules`. */
  rules(type: 'alert' | 'record' | undefined): readonly Json[]
  /** `alerts` of `/api/v1/alerts`. */
  alerts(): readonly Json[]
}
