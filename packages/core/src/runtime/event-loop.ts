import { createHistogram, performance } from 'node:perf_hooks'

import type { Family } from '../series/family.ts'
import { HistogramInstrument } from '../series/instruments.ts'
import { labelled } from '../series/labels.ts'

/** Sampling interval: fifty wake-ups per second of one or two microseconds. Every longer delay is seen. */
const INTERVAL_MS = 20
/** Minimum length of a window. A second scraper right after the first sees the same values. */
const SHORTEST_WINDOW_MS = 1_000
const DELAY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const NS_PER_MS = 1e6
const NS_PER_SECOND = 1e9

/** prom-client's names of the delay values, and how each is read from a window. */
const FIGURES = [
  ['min', 'Least', (window) => window.min],
  ['max', 'Greatest', (window) => window.max],
  ['mean', 'Mean', (window) => window.mean],
  ['stddev', 'Standard deviation of the', (window) => window.stddev],
  ['p50', 'Median', (window) => window.percentile(50)],
  ['p90', '90th percentile of the', (window) => window.percentile(90)],
  ['p99', '99th percentile of the', (window) => window.percentile(99)],
] as const satisfies ReadonlyArray<
  readonly [name: string, words: string, read: (window: ReturnType<typeof createHistogram>) => number]
>

/**
 * Measures timer delay and event loop utilization between scrapes. It is paused during a scrape, so that the
 * scrape's own work does not count. `monitorEventLoopDelay` loses its position when paused, and counts its
 * own interval as delay.
 */
export class EventLoopWatch {
  readonly #delays = new HistogramInstrument(
    'nodejs_eventloop_delay_seconds',
    'Delay of a timer beyond its set time, sampled 50 times a second. Scrapes are excluded.',
    1,
    DELAY_BUCKETS,
  )
  #window = createHistogram()
  #windowBegan = performance.now()
  #figures = new Map<string, number>()
  #latest: number | undefined
  #utilization = performance.eventLoopUtilization().utilization
  /** Active and idle milliseconds of the window, and the position up to which they are counted. */
  #active = 0
  #idle = 0
  #mark = performance.eventLoopUtilization()
  #pauses = 0
  #due = 0
  #timer: NodeJS.Timeout | undefined

  start(): void {
    if (this.#timer) return
    this.#timer = setInterval(() => this.#sample(), INTERVAL_MS).unref()
    this.#restart()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /**
   * Pauses counting until each pause is resumed.
   *
   * @returns resumes
   */
  pause(): () => void {
    if (this.#pauses++ === 0) {
      this.#countUtilization()
      // A sample that is overdue now was delayed by the service.
      const late = performance.now() - this.#due
      if (late > 0) this.#count(late)
    }
    let resumed = false
    return () => {
      if (resumed) return
      resumed = true
      if (--this.#pauses === 0) this.#restart()
    }
  }

  /** The values since the last call. Called during a pause. */
  families(): Family[] {
    this.#closeWindow()
    const gauge = (name: string, help: string, value: number | undefined): Family => ({
      name,
      help,
      type: 'gauge',
      series: () => (value === undefined ? [] : [{ ...labelled({}), value }]),
    })
    return [
      this.#delays,
      gauge('nodejs_eventloop_lag_seconds', 'Latest delay of the event loop.', this.#latest),
      ...FIGURES.map(([name, words]) =>
        gauge(
          `nodejs_eventloop_lag_${name}_seconds`,
          `${words} delay of the event loop since the last scrape.`,
          this.#figures.get(name),
        ),
      ),
      gauge(
        'nodejs_eventloop_utilization_ratio',
        'Share of the time between the last two scrapes in which the event loop was busy, from 0 to 1.',
        this.#utilization,
      ),
    ]
  }

  #restart(): void {
    this.#mark = performance.eventLoopUtilization()
    this.#timer?.refresh()
    this.#due = performance.now() + INTERVAL_MS
  }

  #sample(): void {
    const now = performance.now()
    if (this.#pauses === 0) this.#count(Math.max(0, now - this.#due))
    this.#due = now + INTERVAL_MS
  }

  /** @param late in milliseconds */
  #count(late: number): void {
    this.#latest = late / 1_000
    this.#delays.at('')?.observe(late / 1_000, undefined)
    this.#window.record(Math.max(1, Math.round(late * NS_PER_MS)))
  }

  #countUtilization(): void {
    const { active, idle } = performance.eventLoopUtilization(this.#mark)
    this.#active += active
    this.#idle += idle
  }

  #closeWindow(): void {
    const now = performance.now()
    if (now - this.#windowBegan < SHORTEST_WINDOW_MS && this.#figures.size > 0) return
    const total = this.#active + this.#idle
    if (total > 0) this.#utilization = this.#active / total
    this.#active = 0
    this.#idle = 0
    if (this.#window.count === 0) return
    for (const [name, , read] of FIGURES) this.#figures.set(name, read(this.#window) / NS_PER_SECOND)
    this.#window.reset()
    this.#windowBegan = now
  }
}
