import { expect, test } from '@jest/globals'
import { startPrometheus } from '@sightline/servers'

import { parsePrometheusConfig } from '../../src/scrape/config/prometheus-yml.ts'
import { createScraper } from '../../src/scrape/scraper.ts'
import { targetsOf } from '../../src/scrape/target.ts'

const group = (targets: readonly string[], labels = {}) => [{ targets, labels }]

/** Jobs whose targets Prometheus and the hub must agree on. None of them is scraped during the test. */
const jobs: readonly Readonly<Record<string, unknown>>[] = [
  { static_configs: group(['127.0.0.1:1', 'localhost', '[::1]', '[::1]:2', 'host.example:']) },
  {
    static_configs: group(['a.example'], { team: 'x', empty: '', job: 'own', instance: 'name' }),
    scheme: 'https',
    metrics_path: '/m x?y',
  },
  { static_configs: [...group(['a:1', 'a:1']), ...group(['a:1'], { x: '1' })] },
  {
    static_configs: group(['a:1'], {
      __metrics_path__: '/other',
      __scheme__: 'https',
      __param_module: 'z',
      __meta_x: '1',
      __tmp: '2',
    }),
    params: { module: ['m', 'n'], b: ['1 2&'] },
  },
  {
    static_configs: group(['a:1', 'b:2', 'c:3']),
    relabel_configs: [
      { source_labels: ['__address__'], regex: 'b:.*', action: 'drop' },
      {
        source_labels: ['__address__'],
        regex: '(.*):(.*)',
        target_label: '__param_target',
        replacement: '$1',
      },
      { source_labels: ['__param_target'], target_label: 'instance' },
      { target_label: '__address__', replacement: 'proxy:9115' },
    ],
  },
  {
    static_configs: group(['a:1', 'b:2', 'c:3', 'd:4']),
    relabel_configs: [
      { source_labels: ['__address__'], modulus: 3, target_label: '__tmp_hash', action: 'hashmod' },
      { source_labels: ['__tmp_hash'], regex: '[01]', action: 'keep' },
      {
        source_labels: ['__address__'],
        regex: 'a:1',
        target_label: '__scrape_interval__',
        replacement: '2h',
      },
      { regex: '__meta_(.*)', action: 'labelmap' },
    ],
  },
]

const configuration = JSON.stringify({
  global: { scrape_interval: '1d', scrape_timeout: '90s' },
  scrape_configs: jobs.map((job, index) => ({ job_name: `job-${index}`, ...job })),
})

interface Shown {
  readonly scrapePool?: string
  readonly discoveredLabels: Readonly<Record<string, string>>
}

const sorted = (targets: readonly Shown[]) =>
  targets.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))

test('targets, their labels and URLs are those of Prometheus', async () => {
  const prometheus = await startPrometheus([], { configuration })
  const answer = async () => {
    const response = await fetch(`${prometheus.url}/api/v1/targets`)
    const { data } = (await response.json()) as { data: { activeTargets: Shown[]; droppedTargets: Shown[] } }
    return data
  }
  let theirs = await answer()
  // Prometheus learns of its targets in the background.
  while (theirs.droppedTargets.length < 2) theirs = await answer()
  await prometheus.stop()

  const { scrapes } = parsePrometheusConfig(configuration, 'prometheus.yml')
  const ours = createScraper({
    configs: scrapes,
    ingest: { scraped: () => Promise.reject(new Error('not started')) },
  }).targets()
  const fields = (targets: readonly Shown[]) =>
    sorted(targets)
      .map((target) => {
        const {
          globalUrl: _,
          lastError: _e,
          lastScrape: _s,
          lastScrapeDuration: _d,
          health: _h,
          ...rest
        } = { globalUrl: '', lastError: '', lastScrape: '', lastScrapeDuration: 0, health: '', ...target }
        return JSON.stringify(
          Object.entries(rest)
            .toSorted(([a], [b]) => (a < b ? -1 : 1))
            .map(([name, value]) => [
              name,
              typeof value === 'object'
                ? Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
                : value,
            ]),
        )
      })
      .toSorted()
  expect(fields(ours.activeTargets)).toEqual(fields(theirs.activeTargets))
  expect(fields(ours.droppedTargets)).toEqual(fields(theirs.droppedTargets))
})

test.each([
  ['has no address', [{ target_label: '__address__', replacement: '' }]],
  ['has an address that is not host:port: "a/b:1"', [{ target_label: '__address__', replacement: 'a/b:1' }]],
  ['has the unknown scheme "ftp"', [{ target_label: '__scheme__', replacement: 'ftp' }]],
  ['has no valid scrape interval or timeout', [{ target_label: '__scrape_interval__', replacement: 'x' }]],
  ['has a scrape timeout above its interval', [{ target_label: '__scrape_timeout__', replacement: '1h' }]],
])('a target that relabelling breaks is told: %s', (problem, rules) => {
  const text = JSON.stringify({
    scrape_configs: [
      {
        job_name: 'j',
        static_configs: group(['a:1', 'b:1']),
        relabel_configs: rules.map((rule) => ({ source_labels: ['__address__'], regex: 'a:1', ...rule })),
      },
    ],
  })
  const [config] = parsePrometheusConfig(text, 'prometheus.yml').scrapes
  if (config === undefined) throw new Error('There is no job')
  const { active, problems } = targetsOf(config)
  expect(problems).toEqual([`The target a:1 of the job j ${problem}.`])
  expect(active).toHaveLength(1)
})
