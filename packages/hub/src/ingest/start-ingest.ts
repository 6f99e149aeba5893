import type { Worker } from 'node:worker_threads'

import type { Scraped, ScrapeOutcome } from '../scrape/exposition/scraped.ts'
import { DeltaRelay, type Underived } from './delta-relay.ts'
import type { BodyForm, Ingest, Sample, Signal, Stored } from './ingest.ts'
import type { FromThread, SeriesCount, StoredBody, StoredCount } from './protocol.ts'
import { StoreThread } from './store-thread.ts'

export interface IngestOptions {
  readonly eventThreads: number
  readonly startEvents: (writer: number) => Worker
  readonly startSeries: () => Worker
  /** Event threads beside the first one start after this. Default: at once. */
  readonly startWhen?: Promise<void> | undefined
  /** Gets each stored body, where bodies are forwarded. */
  readonly forward?: ((signal: Signal, body: Uint8Array, form: BodyForm) => void) | undefined
  /** Is told of what was stored. */
  readonly stored: (counts: readonly StoredCount[]) => void
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void
}

/** The threads that store, as the other parts of the main thread see them. */
export interface IngestThreads extends Ingest {
  /** Resolves when all threads can store. Rejects when one of them cannot start. */
  readonly ready: Promise<void>
  /** Whether every kind of data can be stored now. */
  readonly isUp: boolean
  readonly queue: { readonly requests: number; readonly bytes: number }
  /** Counts of the series writer, once a second. */
  readonly series: SeriesCount
  /** Deaths of threads. */
  readonly deaths: number
  /** Spans and log records that the derived series do not count, since the series thread ended. */
  readonly underived: Underived
  /** Stores a scrape. */
  scraped(scrape: Scraped): Promise<ScrapeOutcome>
  /** Stores what is there, and ends the threads. */
  close(deadlineMs: number): Promise<void>
}

const NO_SERIES: SeriesCount = { samples: 0, outOfOrder: 0, overLimit: new Map(), series: new Map() }

/** Starts the threads that store. */
export function startIngest({
  eventThreads,
  startEvents,
  startSeries,
  startWhen,
  forward,
  stored,
  log,
}: IngestOptions): IngestThreads {
  let series = NO_SERIES
  let deaths = 0

  const eventsOf = (name: string) => ({
    message(message: Exclude<FromThread, { kind: 'ready' }>): void {
      if (message.kind === 'settled') stored(message.counts)
      else if (message.kind === 'deltas') relay.add(message.deltas)
      else if (message.kind === 'derived') relay.written(message.deltas)
      else if (message.kind === 'series') {
        series = message.counts
        relay.send()
      } else log(message.level, message.message)
    },
    died(why: string): void {
      deaths++
      log('error', `The ${name} ended and is started again: ${why}`)
    },
  })
  const seriesEvents = eventsOf('series thread')
  const seriesThread = new StoreThread(startSeries, {
    message: seriesEvents.message,
    died(why) {
      relay.ended()
      seriesEvents.died(why)
    },
  })
  const relay = new DeltaRelay(seriesThread)
  const threads = Array.from(
    { length: eventThreads },
    (_, writer) =>
      new StoreThread(
        () => startEvents(writer),
        eventsOf(`event thread ${writer}`),
        writer === 0 ? undefined : startWhen,
      ),
  )
  const all = [seriesThread, ...threads]
  const atOnce = startWhen === undefined ? all : all.slice(0, 2)

  function threadFor(signal: Signal): StoreThread {
    if (signal === 'metrics') return seriesThread
    const up = threads.filter((thread) => thread.isUp)
    return (up.length > 0 ? up : threads).reduce((best, each) => (each.waitMs < best.waitMs ? each : best))
  }

  return {
    // One event thread stores everything until those are there that start later.
    ready: Promise.all(atOnce.map((thread) => thread.ready)).then(() => undefined),
    get isUp() {
      return seriesThread.isUp && threads.some((thread) => thread.isUp)
    },
    get queue() {
      return {
        requests: all.reduce((sum, thread) => sum + thread.requests, 0),
        bytes: all.reduce((sum, thread) => sum + thread.bytes, 0),
      }
    },
    get series() {
      return series
    },
    get deaths() {
      return deaths
    },
    get underived() {
      return relay.lost
    },
    waitMs: (signal) => threadFor(signal).waitMs,
    async take(signal, body, form): Promise<Stored> {
      const isReturned = forward !== undefined
      const request = { kind: 'body', signal, body, isReturned, ...form } as const
      // A thread answers a body with this kind of result.
      const result = (await threadFor(signal).request(request, body.length, [body.buffer])) as StoredBody
      if (result.body !== undefined) forward?.(signal, result.body, form)
      return result
    },
    samples: (samples: readonly Sample[]) => seriesThread.tell({ kind: 'samples', samples }),
    async scraped(scrape) {
      const bytes = scrape.kind === 'body' ? scrape.body.length : 0
      // A thread answers a scrape with its outcome.
      return (await seriesThread.request({ kind: 'scrape', scrape }, bytes, [])) as ScrapeOutcome
    },
    async close(deadlineMs) {
      // The last deltas of the event threads go to the series thread.
      await Promise.all(threads.map((thread) => thread.close(deadlineMs)))
      await seriesThread.close(deadlineMs)
    },
  }
}
