import type { Labels, SeriesWriter } from '../../store/samples.ts'
import { markEnd } from './samples.ts'
import type { Scraped, ScrapeOutcome, ScrapeSettings } from './scraped.ts'
import { type ScrapeCounts, TargetSeries } from './target-series.ts'

/** The series that a scrape has of itself, in Prometheus' order. */
const REPORT = [
  'up',
  'scrape_duration_seconds',
  'scrape_samples_scraped',
  'scrape_samples_post_metric_relabeling',
  'scrape_series_added',
] as const

/** Stores scrapes, in the series thread. */
export interface Exposition {
  /** Stores a scrape: its samples, and those of the scrape itself. Nothing is durable before the writer's `commit`. */
  add(scrape: Scraped): ScrapeOutcome
}

interface Target {
  /** The settings as JSON, to see a change. */
  readonly settings: string
  readonly series: TargetSeries
  /** Numbers of the series of `REPORT`; `undefined` where the job has reached its limit. */
  readonly report: (number | undefined)[]
}

const NOTHING: ScrapeCounts = { scraped: 0, kept: 0, added: 0 }

/** Creates the store of scrapes. Its behaviour is that of Prometheus 2.42. */
export function createExposition(writer: SeriesWriter): Exposition {
  const targets = new Map<string, Target>()

  function targetOf(settings: ScrapeSettings): Target {
    const known = targets.get(settings.id)
    const written = JSON.stringify(settings)
    if (known?.settings === written) return known
    const target = {
      settings: written,
      series: new TargetSeries(writer, settings, known?.series.live ?? new Set()),
      report: REPORT.map(() => undefined),
    }
    targets.set(settings.id, target)
    return target
  }

  function report(target: Target, labels: Labels, time: number, values: readonly number[]): void {
    for (const [index, name] of REPORT.entries()) {
      const series = (target.report[index] ??= writer.series({ ...labels, __name__: name }))
      const value = values[index] ?? 0
      if (series !== undefined) writer.append(series, time, value)
    }
  }

  function remove(settings: ScrapeSettings, time: number): ScrapeOutcome {
    const target = targets.get(settings.id)
    target?.series.end(time)
    for (const series of target?.report ?? []) if (series !== undefined) markEnd(writer, series, time)
    targets.delete(settings.id)
    return { error: '', ...NOTHING, seconds: 0 }
  }

  return {
    add(scrape) {
      if (scrape.kind === 'removed') return remove(scrape.target, scrape.time)
      const target = targetOf(scrape.target)
      const { time } = scrape
      const started = performance.now()
      const isBody = scrape.kind === 'body'
      if (!isBody) target.series.end(time)
      const { error, counts } = isBody
        ? target.series.store(scrape.body, scrape.contentType, time)
        : { error: '', counts: NOTHING }
      const seconds = scrape.seconds + (performance.now() - started) / 1_000
      const up = isBody && error === '' ? 1 : 0
      report(target, scrape.target.labels, time, [up, seconds, counts.scraped, counts.kept, counts.added])
      return { error, ...counts, seconds }
    },
  }
}
