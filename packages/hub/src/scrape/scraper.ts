import type { Labels } from '../store/samples.ts'
import { durationText } from './config/duration.ts'
import type { ScrapeConfig } from './config/scrape-config.ts'
import type { ScrapeStore } from './exposition/scraped.ts'
import { createFetch } from './fetch.ts'
import { createTargetLoop, type TargetLoop } from './target-loop.ts'
import { type DroppedTarget, targetsOf } from './target.ts'

/** A target as `/api/v1/targets` of Prometheus has it. */
interface ActiveTarget {
  readonly discoveredLabels: Labels
  readonly labels: Labels
  readonly scrapePool: string
  readonly scrapeUrl: string
  readonly globalUrl: string
  /** Empty where the last scrape succeeded. */
  readonly lastError: string
  /** ISO 8601. The year 1 before the first scrape, as in Prometheus. */
  readonly lastScrape: string
  /** Seconds. */
  readonly lastScrapeDuration: number
  readonly health: 'up' | 'down' | 'unknown'
  readonly scrapeInterval: string
  readonly scrapeTimeout: string
}

/** The `data` of `/api/v1/targets`. */
export interface TargetsData {
  readonly activeTargets: readonly ActiveTarget[]
  readonly droppedTargets: readonly DroppedTarget[]
}

export interface ScraperOptions {
  readonly configs: readonly ScrapeConfig[]
  readonly ingest: ScrapeStore
  /** Milliseconds since 1970. */
  readonly now?: () => number
}

/** Scrapes targets, each on a timer of its own. */
export interface Scraper {
  /** One sentence for each target that cannot be scraped. */
  readonly problems: readonly string[]
  /** Starts scraping. */
  start(): void
  /** Replaces the configuration. The series of targets that are gone end; other targets go on. */
  reload(configs: readonly ScrapeConfig[]): void
  targets(): TargetsData
  /** Stops scraping, and resolves when no scrape is under way. Their series do not end, as after a stop of Prometheus. */
  stop(): Promise<void>
}

/** A job that is scraped. */
interface Job {
  readonly config: ScrapeConfig
  readonly loops: readonly TargetLoop[]
  readonly dropped: readonly DroppedTarget[]
  readonly problems: readonly string[]
  close(): void
}

/** Creates a scraper, which does nothing before `start`. */
export function createScraper({ configs, ingest, now = Date.now }: ScraperOptions): Scraper {
  let isRunning = false
  let jobs: readonly Job[] = configs.map(createJob)

  function createJob(config: ScrapeConfig): Job {
    const client = createFetch(config)
    const { active, dropped, problems } = targetsOf(config)
    const loops = active.map((target) => createTargetLoop({ target, fetch: client.fetch, ingest, now }))
    return { config, loops, dropped, problems, close: () => client.close() }
  }

  return {
    get problems() {
      return jobs.flatMap((job) => job.problems)
    },
    start() {
      isRunning = true
      for (const job of jobs) for (const loop of job.loops) loop.start()
    },
    reload(changed) {
      const before = jobs
      const same = (config: ScrapeConfig) => JSON.stringify(config)
      jobs = changed.map(
        (config) => before.find((job) => same(job.config) === same(config)) ?? createJob(config),
      )
      const kept = new Set(jobs.flatMap((job) => job.loops.map(({ target }) => target.settings.id)))
      for (const job of before.filter((each) => !jobs.includes(each))) {
        for (const loop of job.loops) void loop.stop(kept.has(loop.target.settings.id) ? 'pause' : 'end')
        job.close()
      }
      if (isRunning) for (const job of jobs) for (const loop of job.loops) loop.start()
    },
    targets: () => ({
      activeTargets: jobs.flatMap((job) => job.loops.map(activeTarget)),
      droppedTargets: jobs.flatMap((job) => job.dropped),
    }),
    async stop() {
      isRunning = false
      await Promise.all(jobs.flatMap((job) => job.loops.map((loop) => loop.stop('pause'))))
      for (const job of jobs) job.close()
    },
  }
}

function activeTarget({ target, last }: TargetLoop): ActiveTarget {
  return {
    discoveredLabels: target.discoveredLabels,
    labels: target.settings.labels,
    scrapePool: target.config.job,
    scrapeUrl: target.url,
    globalUrl: target.url,
    lastError: last?.error ?? '',
    lastScrape: last === undefined ? '0001-01-01T00:00:00Z' : new Date(last.time).toISOString(),
    lastScrapeDuration: last?.seconds ?? 0,
    health: last === undefined ? 'unknown' : last.error === '' ? 'up' : 'down',
    scrapeInterval: durationText(target.intervalMs),
    scrapeTimeout: durationText(target.timeoutMs),
  }
}
