import { DatabaseSync, type StatementSync } from 'node:sqlite'

import { telemetry } from '../telemetry.ts'
import type { Database, Queries } from './database.ts'

/** Opens an SQLite database: a file, or memory with `:memory:`. */
export function openSqlite(path: string, schema: string): Database {
  // Another process may write to the file, such as the release before during a deployment.
  const store = new DatabaseSync(path, { timeout: 5_000 })
  store.exec(schema)
  const statements = new Map<string, StatementSync>()
  let turn: Promise<unknown> = Promise.resolve()

  function prepared(text: string): StatementSync {
    const statement = statements.get(text) ?? store.prepare(text)
    statements.set(text, statement)
    return statement
  }

  const queries: Queries = {
    /** Each statement is a span if tracing is on. Values are not recorded. */
    query<Row>(text: string, values: readonly (string | number | null)[] = []): Promise<Row[]> {
      const [operation = ''] = text.trimStart().split(/\s/, 1)
      const fields = { 'db.system.name': 'sqlite', 'db.operation.name': operation, 'db.query.text': text }
      const named = Object.fromEntries(values.map((value, i) => [`$${i + 1}`, value]))
      // The statement's author knows its columns.
      return telemetry.trace(
        `sqlite ${operation}`,
        { kind: 'client', fields },
        async () => prepared(text).all(named) as Row[],
      )
    },
  }

  /** There is one connection: a statement during a transaction would become part of it, so it waits. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = turn.then(work)
    turn = done.catch(() => {})
    return done
  }

  return {
    query: (text, values) => inTurn(() => queries.query(text, values)),
    transaction: (work) =>
      inTurn(async () => {
        store.exec('begin immediate')
        try {
          const result = await work(queries)
          store.exec('commit')
          return result
        } catch (error) {
          store.exec('rollback')
          throw error
        }
      }),
    // Reads a table: a plain `select 1` does not touch the file.
    check: () => void store.prepare('select 1 from sqlite_schema limit 1').get(),
    close: () => inTurn(async () => store.close()),
  }
}
