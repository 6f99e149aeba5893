import { mkdirSync } from 'node:fs'

import type { Store, StoreOptions } from '../store.ts'
import { createEventReader } from './events/read/event-reader.ts'
import { openEventWriter } from './events/write/event-writer.ts'
import { openKeeper } from './keeper.ts'
import { createSeriesReader } from './series/reader.ts'
import { lookbackAt } from './series/resolutions.ts'
import { openSeriesWriter } from './series/writer.ts'

/** The part of the disk that series may take. Events get what series do not use. */
const SERIES_PART = 0.4
/** A segment is at most this part of the disk, since whole segments are removed. */
const SEGMENT_PART = 1 / 16
const LARGEST_SEGMENT = 256 * 2 ** 20

/** The embedded store: files of SQLite in a folder. */
export function sqliteStore(options: StoreOptions): Store {
  const { folder, maxDisk, retention, seriesPerJob } = options
  mkdirSync(folder, { recursive: true })
  return {
    openEvents: (writer) =>
      openEventWriter(folder, writer, { segmentBytes: Math.min(LARGEST_SEGMENT, maxDisk * SEGMENT_PART) }),
    openSeries: () =>
      openSeriesWriter(folder, {
        seriesPerJob,
        maxBytes: maxDisk * SERIES_PART,
        exemplarRetention: retention,
      }),
    openReader: () => {
      const events = createEventReader(folder)
      const series = createSeriesReader(folder)
      return {
        ...events,
        isOrdered: series.isOrdered,
        lookbackAt,
        select: (selection) => series.select(selection),
        series: (selections) => series.series(selections),
        labelNames: (selections) => series.labelNames(selections),
        labelValues: (name, selections) => series.labelValues(name, selections),
        metadata: (name) => series.metadata(name),
        exemplars: (selections) => series.exemplars(selections),
        close: () => {
          events.close()
          series.close()
        },
      }
    },
    openKeeper: () => openKeeper(options),
  }
}
