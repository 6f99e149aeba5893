import { checks } from '@sightline/core'
import pg from 'pg'

import { telemetry } from '../telemetry.ts'
import type { Database, Queries, Value } from './database.ts'

/** Any number will do, as long as it is the same for all who make these tables. */
const SCHEMA_LOCK = 7_310_041

/**
 * Opens a database of PostgreSQL, and makes its tables where there are none.
 *
 * @throws {Error} where it cannot be reached: a service without its data is better not started
 */
export async function openPostgres(url: string, schema: string): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 2_000,
    // Nobody waits longer for an answer than this.
    statement_timeout: 5_000,
  })
  // Without a listener the process would end. The pool makes a new connection by itself.
  pool.on('error', (error) => telemetry.log.warn({ err: error }, 'an idle connection to the database broke'))

  async function transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    const client = await pool.connect()
    let isBroken = false
    // Its query fails as well, and tells us.
    const ignore = () => {}
    client.on('error', ignore)
    try {
      await client.query('begin')
      const result = await work(queriesOn(client))
      await client.query('commit')
      return result
    } catch (error) {
      await client.query('rollback').catch(() => (isBroken = true))
      throw error
    } finally {
      client.off('error', ignore)
      client.release(isBroken)
    }
  }

  await transaction(async ({ query }) => {
    // Several instances may start at the same time.
    await query(`select pg_advisory_xact_lock(${SCHEMA_LOCK})`)
    await query(schema)
  }).catch(async (error: unknown) => {
    await pool.end()
    throw error
  })

  return {
    ...queriesOn(pool),
    transaction,
    check: checks.postgres(pool),
    close: () => pool.end(),
  }
}

/** Each statement is a span, where there is somebody who looks at spans. Values are in none of them. */
function queriesOn(connection: pg.Pool | pg.PoolClient): Queries {
  return {
    query<Row>(text: string, values?: readonly Value[]): Promise<Row[]> {
      const [operation = ''] = text.trimStart().split(/\s/, 1)
      const fields = { 'db.system.name': 'postgresql', 'db.operation.name': operation, 'db.query.text': text }
      return telemetry.trace(`postgresql ${operation}`, { kind: 'client', fields }, async () => {
        const { rows } = await connection.query(text, values?.map(storable))
        // What the columns are is known where the statement is written.
        return rows as Row[]
      })
    },
  }
}

/** Unlike all others, PostgreSQL's texts cannot hold the character NUL: no row is found by one, and none is made. */
function storable(value: Value): Value {
  return typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : value
}
