import { OtlpError, type Reader } from '@sightline/otlp'

import type { Exposition } from '../../scrape/exposition/exposition.ts'
import type { SeriesWriter } from '../../store/samples.ts'
import type { DerivedSeries } from '../derive/derived-series.ts'
import type { Sample } from '../ingest.ts'
import type { Masking } from '../masking/masking.ts'
import type { Points } from '../points/points.ts'
import type { BodyRequest, FromThread } from '../protocol.ts'
import { Refusal } from '../refusal.ts'
import { plainBody } from './decompress.ts'
import { createDerivedRounds } from './derived-rounds.ts'
import { refusalFor } from './failures.ts'
import type { GroupCommit } from './group-commit.ts'
import { createStoredCounts } from './stored-counts.ts'
import type { ThreadWork } from './thread-loop.ts'

/** The parts of the series thread. */
export interface SeriesParts {
  readonly reader: Reader
  /** `undefined`: secrets are stored as they come. */
  readonly masking: Masking | undefined
  readonly points: Points
  readonly exposition: Exposition
  readonly derived: DerivedSeries
  readonly writer: SeriesWriter
  readonly group: GroupCommit
  readonly send: (message: FromThread) => void
}

/** Milliseconds between two samples of the derived series. */
const DERIVED_MS = 10_000
/** Milliseconds between two calls of `tend`: with work left over, and without. */
const TEND_MS = { busy: 20, idle: 1_000 } as const

/** Creates the work of the series thread: points, scrapes and derived series to samples. */
export function createSeriesWork(parts: SeriesParts): ThreadWork {
  const { reader, masking, points, exposition, derived, writer, group, send } = parts
  const counts = createStoredCounts()
  const rounds = createDerivedRounds({ derived, writer, group, send })

  function writePoints({ id, body, gzip, encoding, isReturned }: BodyRequest): void {
    const columns = reader.metrics(plainBody({ body, gzip }), encoding)
    masking?.points(columns)
    const { rejected, reason } = points.add(columns, Date.now())
    const result = {
      rejected: columns.rejected + rejected,
      reason: [columns.reason, reason].filter(Boolean).join('; '),
      ...(isReturned && { body }),
    }
    group.add({ id, result, bytes: body.length, counts: counts.ofPoints(columns) })
  }

  function writeSamples(samples: readonly Sample[]): void {
    for (const { labels, time, value } of samples) {
      const series = writer.series(labels)
      if (series !== undefined) writer.append(series, time, value)
    }
    group.touch()
  }

  function tend(): void {
    group.commit()
    let isBusy = false
    try {
      isBusy = writer.tend(Date.now())
    } catch (error) {
      group.fail(error)
    }
    setTimeout(tend, isBusy ? TEND_MS.busy : TEND_MS.idle).unref()
  }

  function sendCounts(): void {
    const { samples, outOfOrder, overLimit, series } = writer.counts
    send({ kind: 'series', counts: { samples, outOfOrder, overLimit, series } })
  }

  setInterval(rounds.begin, DERIVED_MS).unref()
  setInterval(sendCounts, 1_000).unref()
  setTimeout(tend, TEND_MS.idle).unref()

  return {
    take(message) {
      try {
        switch (message.kind) {
          case 'body':
            return writePoints(message)
          case 'scrape': {
            const { id, scrape } = message
            const bytes = scrape.kind === 'body' ? scrape.body.length : 0
            const result = exposition.add(scrape)
            const { job = '' } = scrape.target.labels
            const kept = result.kept > 0 ? [{ signal: 'metrics', job, items: result.kept } as const] : []
            return group.add({ id, result, bytes, counts: kept })
          }
          case 'samples':
            return writeSamples(message.samples)
          case 'deltas':
            return rounds.add(message.deltas)
        }
      } catch (error) {
        const isClients = error instanceof Refusal || error instanceof OtlpError
        if (!isClients) group.fail(error)
        if (!('id' in message)) return
        if (error instanceof Refusal) return group.refuse(message.id, error.plain)
        const refusal = isClients
          ? ({ status: 400, reason: 'undecodable', message: error.message } as const)
          : refusalFor(error)
        group.refuse(message.id, refusal)
      }
    },
    end() {
      rounds.finish()
      group.commit()
      sendCounts()
      writer.close()
    },
  }
}
