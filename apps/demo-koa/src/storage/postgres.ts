import { checks } from '@sightline/core'
import pg from 'pg'

import { telemetry } from '../telemetry.ts'
import type { Database, Queries, Value } from './database.ts'

/** An arbitrary number, shared by all instances that create these tables. */
const SCHEMA_LOCK = 7_310_041

/**
 * Opens a PostgreSQL database, and creates missing tables.
 *
 * @throws {Error} if it is not reachable: the service must not start without its data
 */
export async function openPostgres(url: string, schema: string): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 2_000,
    // Maximum duration of a statement.
    statement_timeout: 5_000,
  })
  // Without a listener the process would end. The pool reconnects by itself.
  pool.on('error', (error) => telemetry.log.warn({ err: error }, 'an idle connection to the database broke'))

  async function transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    const client = await pool.connect()
    let isBroken = false
    // The query fails as well, and reports the error.
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
    // Several instances may start in parallel.
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

/** Each statement is a span if tracing is on. Values are not recorded. */
function queriesOn(connection: pg.Pool | pg.PoolClient): Queries {
  return {
    query<Row>(text: string, values?: readonly Value[]): Promise<Row[]> {
      const [operation = ''] = text.trimStart().split(/\s/, 1)
      const fields = { 'db.system.name': 'postgresql', 'db.operation.name': operation, 'db.query.text': text }
      return telemetry.trace(`postgresql ${operation}`, { kind: 'client', fields }, async () => {
        const { rows } = await connection.query(text, values?.map(storable))
        // The statement's author knows its columns.
        return rows as Row[]
      })
    },
  }
}

/** PostgreSQL text cannot contain NUL, unlike all other text here: it is replaced. */
function storable(value: Value): Value {
  return typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : value
}
