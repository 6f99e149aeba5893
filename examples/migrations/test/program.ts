import { fileURLToPath } from 'node:url'

import { kill, start } from '@sightline/servers'

/** A migration's program, listening. */
export interface RunningProgram {
  /** Such as `127.0.0.1:40391`. */
  readonly address: string
  /** The lines of JSON on its standard output so far. */
  lines(): ReadonlyArray<Readonly<Record<string, unknown>>>
  stop(): Promise<void>
}

/** Starts `<migration>/<side>.ts` in a process of its own, as its user would. */
export async function startProgram(migration: string, side: 'before' | 'after'): Promise<RunningProgram> {
  const file = fileURLToPath(new URL(`../${migration}/${side}.ts`, import.meta.url))
  // A test runner's process is no service: it may not be told from one by what it has inherited.
  const { JEST_WORKER_ID: _, NODE_ENV: __, ...env } = process.env
  const listening = /^\{ address: '127\.0\.0\.1', family: 'IPv4', port: (\d+) \}$/m
  const program = await start(
    process.execPath,
    ['--experimental-strip-types', '--no-warnings', '--conditions=@sightline/source', file],
    listening,
    { env: { ...env, PORT: '0' } },
  )
  return {
    address: `127.0.0.1:${listening.exec(program.said())?.[1]}`,
    lines: () =>
      program
        .said()
        .split('\n')
        // What comes after the last one is not whole yet.
        .slice(0, -1)
        .filter((line) => line.startsWith('{"') && line.endsWith('}'))
        .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>),
    stop: () => kill(program),
  }
}
