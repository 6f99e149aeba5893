import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

import { bytesOf } from '../files/sizes.ts'
import { numberOf } from './rows.ts'
import { pathOfSeries } from './schema.ts'

/** Bytes on disk and the number of series of a folder. */
export function seriesState(folder: string): { readonly bytes: number; readonly series: number } {
  const path = pathOfSeries(folder)
  if (!existsSync(path)) return { bytes: 0, series: 0 }
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    const isBegun =
      numberOf(
        database.prepare("SELECT count(*) AS count FROM sqlite_schema WHERE name = 'series'").get(),
        'count',
      ) > 0
    const series = isBegun
      ? numberOf(database.prepare('SELECT count(*) AS count FROM series').get(), 'count')
      : 0
    return { bytes: bytesOf(path), series }
  } finally {
    database.close()
  }
}
