import { randomUUID } from 'node:crypto'

import pg from 'pg'

// Set before the service is loaded: tests do not log.
process.env['SIGHTLINE_LOG_LEVEL'] = 'silent'
const { openCache } = await import('../src/storage/cache.ts')
const { openDatabase } = await import('../src/storage/database.ts')

/**
 * An empty database and an empty cache: in memory, or in the PostgreSQL of `DATABASE_URL` and the Redis of `REDIS_URL`
 * where those are set.
 */
export async function openStorage(schema: string) {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const { DATABASE_URL, REDIS_URL } = process.env
  const url = DATABASE_URL && (await createSchema(DATABASE_URL, name))
  const database = await openDatabase({ url, schema })
  const cache = await openCache({ url: REDIS_URL, prefix: name })

  return {
    database,
    cache,
    async close() {
      await cache.close()
      await database.close()
      if (DATABASE_URL) await administer(DATABASE_URL, `drop schema ${name} cascade`)
    },
  }
}

/** A schema separates the tables of a test within a database. */
async function createSchema(database: string, name: string): Promise<string> {
  await administer(database, `create schema ${name}`)
  const url = new URL(database)
  url.searchParams.set('options', `-c search_path=${name}`)
  return url.href
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(statement)
  await client.end()
}
