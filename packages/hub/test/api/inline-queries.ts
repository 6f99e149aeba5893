import { type Queries, queriesByName } from '../../src/query/queries.ts'
import { queryErrorOf } from '../../src/query/query-error.ts'
import type { TaskContext } from '../../src/query/tasks/task.ts'
import { type TaskName, type TaskParams, type TaskResult, TASKS } from '../../src/query/tasks/tasks.ts'
import type { StoreReader } from '../../src/store/store.ts'

/** Queries over a reader of this thread. Parameters and results are copied, as they are between threads. */
export function inlineQueries(reader: StoreReader): Queries {
  async function run<Name extends TaskName>(
    name: Name,
    params: TaskParams<Name>,
    { signal = new AbortController().signal, timeoutMs = 60_000 }: Parameters<Queries['json']>[2] = {},
  ): Promise<TaskResult<Name>> {
    const context = { reader, signal, timeMs: timeoutMs, maxSamples: 10_000_000 }
    const task = TASKS[name] as (context: TaskContext, params: unknown) => Promise<unknown>
    try {
      return structuredClone(await task(context, structuredClone(params))) as TaskResult<Name>
    } catch (error) {
      throw queryErrorOf(error)
    }
  }
  const query =
    <Name extends TaskName>(name: Name): ((params: TaskParams<Name>) => Promise<TaskResult<Name>>) =>
    (params, options?: Parameters<Queries['json']>[2]) =>
      run(name, params, options)
  return {
    ...queriesByName(query),
    json: async (name, params, options) =>
      new TextEncoder().encode(JSON.stringify(await run(name, params, options))),
    state: () => ({ threads: 0, running: 0, waiting: 0, refused: 0, stopped: 0 }),
    close: async () => {},
  }
}
