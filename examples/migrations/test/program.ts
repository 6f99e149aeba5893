import { fileURLToPath } from 'node:url'

import { kill, start } from '@sightline/servers'

/** A listening program of a migration. */
export interface RunningProgram {
  /** Such as `127.0.0.1:40391`. */
  readonly address: string
  /** The JSON lines of its standard output so far. */
  lines(): ReadonlyArray<Readonly<Record<string, unknown>>>
  stop(): Promise<void>
}

/** Starts `<migration>/<side>.ts` in its own process. */
export async function startProgram(migration: string, side: 'before' | 'after'): Promise<RunningProgram> {
  const file = fileURLToPath(new URL(`../${migration}/${side}.ts`, import.meta.url))
  // The child must not inherit the signs of a test runner, since it plays a service.
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
        // The last part is an incomplete line.
        .slice(0, -1)
        .filter((line) => line.startsWith('{"') && line.endsWith('}'))
        .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>),
    stop: () => kill(program),
  }
}
