import type { CheckFunction } from '@sightline/core'

/** What a statement may be given. */
export type Value = string | number | null

/** Answers statements. Both databases understand `$1`, `$2`, … for values, `returning`, and `on conflict`. */
export interface Queries {
  /** Runs one statement, and returns the rows that it has. `Row` is what its columns are named. */
  query<Row>(text: string, values?: readonly Value[]): Promise<Row[]>
}

/** Where the service keeps what must not be lost. */
export interface Database extends Queries {
  /**
   * Runs `work` as one transaction: when it throws, nothing of it has happened. Nothing slow belongs in it: with SQLite all
   * others wait meanwhile.
   */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>
  /** Whether it can be read. */
  readonly check: CheckFunction
  close(): Promise<void>
}

/** Which database, and what is in it. */
export interface DatabaseSetup {
  /** Of PostgreSQL, such as `postgres://user:password@host/name`. Without one it is SQLite. */
  readonly url?: string | undefined
  /** SQLite's file. Without one, the data lives as long as the process. */
  readonly path?: string | undefined
  /** Statements that make the tables where there are none. */
  readonly schema: string
}

/** Opens the database. Only the driver that is needed is loaded. */
export async function openDatabase({ url, path, schema }: DatabaseSetup): Promise<Database> {
  if (url) {
    const { openPostgres } = await import('./postgres.ts')
    return openPostgres(url, schema)
  }
  const { openSqlite } = await import('./sqlite.ts')
  return openSqlite(path || ':memory:', schema)
}
