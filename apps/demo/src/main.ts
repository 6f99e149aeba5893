import { HELP, UsageError, wishesFrom } from './arguments.ts'
import { runDemo } from './demo.ts'

/** The first signal ends the demo with a summary, a second one without. */
function untilToldToEnd(): AbortSignal {
  const told = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (told.signal.aborted) process.exit(130)
      told.abort()
    })
  }
  return told.signal
}

async function main(): Promise<number> {
  const { help, hub, incident, seconds } = wishesFrom(process.argv.slice(2))
  if (help) {
    process.stdout.write(`${HELP}\n`)
    return 0
  }
  const isWell = await runDemo({ seconds, hub, incident, signal: untilToldToEnd(), out: process.stdout })
  return isWell ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  const isUsage = error instanceof UsageError
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = isUsage ? 2 : 1
}
