import { readPrometheusConfig, type ScrapeConfig, scrapeConfigOf } from '@sightline/hub'

import type { HubWishes } from '../options.ts'
import { UsageError } from '../usage.ts'

/** What a hub scrapes. */
export interface Scrapes {
  readonly configs: readonly ScrapeConfig[]
  /** One sentence for each setting of the `prometheus.yml` that the hub does not use. */
  readonly notes: readonly string[]
}

/**
 * Reads `--scrape` and `--prometheus`.
 *
 * @throws {UsageError} for a target that is no URL; `ConfigError` for an invalid file
 */
export async function scrapesOf({ scrape, prometheus }: HubWishes): Promise<Scrapes> {
  const targets = scrape.map((target) => {
    try {
      return scrapeConfigOf(target)
    } catch (error) {
      throw new UsageError(`--scrape: ${error instanceof Error ? error.message : String(error)}`)
    }
  })
  if (prometheus === undefined) return { configs: targets, notes: [] }
  const { scrapes, ruleFiles, notes } = await readPrometheusConfig(prometheus)
  const rules = ruleFiles.length === 0 ? [] : [`${prometheus}: rule_files are not evaluated.`]
  return { configs: [...targets, ...scrapes], notes: [...notes, ...rules] }
}
