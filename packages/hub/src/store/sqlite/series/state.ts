import { bytesOf } from '../files/sizes.ts'
import { numberOf } from './rows.ts'
import { openForReading, pathOfSeries } from './schema.ts'

/** Bytes on disk and the number of series of a folder. */
export function seriesState(folder: string): { readonly bytes: number; readonly series: number } {
  const bytes = bytesOf(pathOfSeries(folder))
  const database = openForReading(folder)
  if (database === undefined) return { bytes, series: 0 }
  try {
    const count = database.prepare('SELECT count(*) AS count FROM series').get()
    return { bytes, series: numberOf(count, 'count') }
  } finally {
    database.close()
  }
}
