import { createHash } from 'node:crypto'

import type { Labels } from '../store/samples.ts'
import { durationOf, durationText } from './config/duration.ts'
import type { ScrapeConfig } from './config/scrape-config.ts'
import type { ScrapeSettings } from './exposition/scraped.ts'
import { createRelabelling } from './relabel.ts'

/** An address that is scraped. */
export interface Target {
  readonly config: ScrapeConfig
  readonly url: string
  readonly intervalMs: number
  readonly timeoutMs: number
  /** The labels before relabelling, internal ones among them. */
  readonly discoveredLabels: Labels
  readonly settings: ScrapeSettings
}

/** An address that relabelling drops. */
export interface DroppedTarget {
  readonly discoveredLabels: Labels
}

/** The targets of a job. */
export interface Targets {
  readonly active: readonly Target[]
  readonly dropped: readonly DroppedTarget[]
  /** One sentence for each address that cannot be scraped. */
  readonly problems: readonly string[]
}

/** Finds the targets of a job, as Prometheus does with static targets. Equal targets are one. */
export function targetsOf(config: ScrapeConfig): Targets {
  const active = new Map<string, Target>()
  const dropped: DroppedTarget[] = []
  const problems: string[] = []
  const relabel = createRelabelling(config.relabel)
  for (const { targets, labels: own } of config.groups)
    for (const address of targets) {
      const labels = discovered(config, address, own)
      const discoveredLabels = Object.fromEntries(labels)
      if (!relabel(labels)) {
        dropped.push({ discoveredLabels })
        continue
      }
      const target = targetOf(config, labels, discoveredLabels)
      if (typeof target === 'string')
        problems.push(`The target ${address} of the job ${config.job} ${target}.`)
      else active.set(target.settings.id, target)
    }
  return { active: [...active.values()], dropped, problems }
}

function discovered(config: ScrapeConfig, address: string, own: Labels): Map<string, string> {
  const labels = new Map([
    ['job', config.job],
    ['__scrape_interval__', durationText(config.intervalMs)],
    ['__scrape_timeout__', durationText(config.timeoutMs)],
    ['__metrics_path__', config.path],
    ['__scheme__', config.scheme],
    ...Object.entries(own).filter(([, value]) => value !== ''),
    ['__address__', address],
  ])
  for (const [name, [value]] of Object.entries(config.params))
    if (value !== undefined) labels.set(`__param_${name}`, value)
  return labels
}

/** The target with these labels, or what is wrong with them. */
function targetOf(
  config: ScrapeConfig,
  labels: ReadonlyMap<string, string>,
  discoveredLabels: Labels,
): Target | string {
  const scheme = labels.get('__scheme__') ?? 'http'
  if (scheme !== 'http' && scheme !== 'https') return `has the unknown scheme ${JSON.stringify(scheme)}`
  const address = withPort(labels.get('__address__') ?? '', scheme)
  if (address === '') return 'has no address'
  const url = URL.parse(`${scheme}://${address}`)
  if (url === null || /[/?#@]/.test(address))
    return `has an address that is not host:port: ${JSON.stringify(address)}`
  url.pathname = labels.get('__metrics_path__') ?? ''
  url.search = queryOf(config, labels)
  // A URL's own text leaves out the port of its scheme.
  const written = `${scheme}://${address}${url.pathname}${url.search}`
  const intervalMs = durationOf(labels.get('__scrape_interval__') ?? '') ?? 0
  const timeoutMs = durationOf(labels.get('__scrape_timeout__') ?? '') ?? 0
  if (intervalMs === 0 || timeoutMs === 0) return 'has no valid scrape interval or timeout'
  if (timeoutMs > intervalMs) return 'has a scrape timeout above its interval'
  const shown = [...labels].filter(([name]) => !name.startsWith('__'))
  if (!labels.has('instance')) shown.push(['instance', address])
  shown.sort(([a], [b]) => (a < b ? -1 : 1))
  const { honorLabels, honorTimestamps, sampleLimit, metricRelabel } = config
  const id = createHash('sha256')
    .update(JSON.stringify([shown, written]))
    .digest('base64url')
  const settings = {
    id,
    labels: Object.fromEntries(shown),
    honorLabels,
    honorTimestamps,
    sampleLimit,
    metricRelabel,
  }
  return { config, url: written, intervalMs, timeoutMs, discoveredLabels, settings }
}

/** The address with the port of its scheme, where it has none. */
function withPort(address: string, scheme: string): string {
  if (address === '' || /^(?:\[[^\]]*\]|[^:]*):\d*$/.test(address)) return address
  return /^(?:\[[^\]]*\]|[^:]+)$/.test(address) ? `${address}:${scheme === 'https' ? 443 : 80}` : address
}

/** The parameters, of which relabelling may have changed the first values. */
function queryOf(config: ScrapeConfig, labels: ReadonlyMap<string, string>): string {
  const params = new Map(Object.entries(config.params).map(([name, values]) => [name, [...values]]))
  for (const [label, value] of labels) {
    if (!label.startsWith('__param_')) continue
    const name = label.slice('__param_'.length)
    params.set(name, [value, ...(params.get(name) ?? []).slice(1)])
  }
  const query = new URLSearchParams()
  for (const [name, values] of [...params].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    for (const value of values) query.append(name, value)
  return query.toString()
}
