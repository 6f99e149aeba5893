import { readFile } from 'node:fs/promises'

import type { ScrapeConfig } from './scrape-config.ts'

/** What the hub uses of a `prometheus.yml`. */
export interface PrometheusConfig {
  readonly scrapes: readonly ScrapeConfig[]
  /** Absolute paths, which may have wildcards. */
  readonly ruleFiles: readonly string[]
  /** One sentence for each setting that the hub does not use. */
  readonly notes: readonly string[]
}

/** A configuration that is not valid. The message has a line for each error, with the file, the field and its value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/**
 * Reads a configuration of Prometheus.
 * https://prometheus.io/docs/prometheus/2.42/configuration/configuration/
 *
 * @throws {ConfigError} for a file that cannot be read or is not valid
 */
export async function readPrometheusConfig(file: string): Promise<PrometheusConfig> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw new ConfigError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
  // Few hubs need the parser of YAML, which takes long to load.
  const { parsePrometheusConfig } = await import('./prometheus-yml.ts')
  return parsePrometheusConfig(text, file)
}
