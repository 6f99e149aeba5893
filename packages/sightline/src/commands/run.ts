import { hubAtHand } from '../client/hub-at-hand.ts'
import type { Wishes } from '../options.ts'
import { environmentOf, replacedBy } from '../run/environment.ts'
import { runProgram } from '../run/program.ts'
import { preloadUrl, registerOf } from '../run/register.ts'
import { UsageError } from '../usage.ts'

const MISSING = `This folder has no @sightline/otel. To send traces, metrics and logs: npm install @sightline/otel
An OpenTelemetry SDK of the program's own sends to the hub as it is.
`

/**
 * `sightline run -- PROGRAM`: runs a program that sends its telemetry to the hub, and starts a hub for as long if none answers. Returns
 * the program's exit code.
 */
export async function run(wishes: Wishes): Promise<number> {
  const { rest: program, words } = wishes
  if (program.length === 0 || words.length > 0)
    throw new UsageError(
      `Put -- before the program: sightline run -- ${[...words, ...program].join(' ') || 'node app.js'}`,
    )
  const { err, env } = { err: process.stderr, env: process.env }
  const hub = await hubAtHand(wishes, err)
  try {
    const register = registerOf(process.cwd())
    if (register === undefined) err.write(MISSING)
    for (const setting of replacedBy(hub, env)) err.write(`The hub replaces ${setting} for this run.\n`)
    const variables = environmentOf(env, hub, register && preloadUrl())
    return await runProgram(
      program,
      register === undefined ? variables : { ...variables, SIGHTLINE_RUN_REGISTER: register },
      err,
    )
  } finally {
    await hub.close()
  }
}
