import type { CheckFunction } from '@sightline/core'

/** A parameter of a statement. */
export type Value = string | number | null

/** Runs statements. Both databases support `$1`, `$2`, … for values, `returning`, and `on conflict`. */
export interface Queries {
  /** Runs one statement, and returns its rows. `Row` has the names of its columns. */
  query<Row>(text: string, values?: readonly Value[]): Promise<Row[]>
}

/** The database of the service. */
export interface Database extends Queries {
  /**
   * Runs `work` as one transaction, which is rolled back if it throws. It must be short: with SQLite, all
   * other statements wait for it.
   */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>
  /** The health check of the database. */
  readonly check: CheckFunction
  close(): Promise<void>
}

/** The database and its schema. */
export interface DatabaseSetup {
  /** URL of PostgreSQL, such as `postgres://user:password@host/name`. Without one, SQLite is used. */
  readonly url?: string | undefined
  /** File of SQLite. Without one, the data ends with the process. */
  readonly path?: string | undefined
  /** Statements that create missing tables. */
  readonly schema: string
}

/** Opens the database. Only the required driver is loaded. */
export async function openDatabase({ url, path, schema }: DatabaseSetup): Promise<Database> {
  if (url) {
    const { openPostgres } = await import('./postgres.ts')
    return openPostgres(url, schema)
  }
  const { openSqlite } = await import('./sqlite.ts')
  return openSqlite(path || ':memory:', schema)
}
