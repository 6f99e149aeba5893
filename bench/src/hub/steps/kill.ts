import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import type { Figure, StepContext } from './step.ts'

const ROUNDS = 5
/** The command `pnpm kill`, which does 100 rounds. */
const COMMAND = fileURLToPath(new URL('../../../../packages/hub/test/kill/main.ts', import.meta.url))

/** Kills a hub under load a few times, and counts acknowledged requests that are not complete. */
export async function measureKills({ say }: StepContext): Promise<Figure[]> {
  say(`kill: ${ROUNDS} rounds`)
  const flags = ['--conditions=@sightline/source', '--disable-warning=ExperimentalWarning']
  // A failing run says the same on standard output.
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, COMMAND, String(ROUNDS)]).catch(
    (error: unknown) => error as { readonly stdout: string },
  )
  const [, acknowledged, missing] =
    /^\d+ kills, (\d+) requests acknowledged, (\d+) of them not complete$/m.exec(stdout) ?? []
  if (missing === undefined) throw new Error(`pnpm kill has left no result:\n${stdout}`)
  return [
    {
      target: 'kill',
      value: Number(missing),
      note: `${ROUNDS} kills, ${Number(acknowledged).toLocaleString('en')} acknowledged requests; pnpm kill does 100`,
    },
  ]
}
