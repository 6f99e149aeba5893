export { type Hub, type HubState, startHub } from './hub.ts'
export type { HubLog, HubOptions } from './options.ts'
export { ConfigError, type PrometheusConfig, readPrometheusConfig } from './scrape/config/prometheus-yml.ts'
export { type ScrapeConfig, scrapeConfigOf } from './scrape/config/scrape-config.ts'
