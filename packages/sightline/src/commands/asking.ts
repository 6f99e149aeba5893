import { hubClient } from '../client/hub-client.ts'
import type { Wishes } from '../options.ts'
import { UsageError } from '../usage.ts'
import type { Asking } from './command.ts'

/** Carries out a command that asks a hub: `ask`, `logs` or `trace`. Returns the exit code. */
export async function asking({ command, words, rest, client: wishes }: Wishes): Promise<number> {
  const ended = new AbortController()
  const at: Asking = {
    client: hubClient(wishes.hub, { viewToken: wishes.viewToken ?? wishes.token }),
    wishes,
    out: process.stdout,
    err: process.stderr,
    signal: ended.signal,
  }
  const text = [...words, ...rest].join(' ')
  if (wishes.follow && command !== 'logs') throw new UsageError('--follow is for sightline logs')
  switch (command) {
    case 'ask': {
      if (text === '') throw new UsageError("An expression is missing: sightline ask 'up'")
      const { ask } = await import('./ask.ts')
      await ask(at, text)
      break
    }
    case 'logs': {
      if (wishes.follow) process.once('SIGINT', () => ended.abort())
      const { logs } = await import('./logs.ts')
      await logs(at, text)
      break
    }
    default: {
      if (!/^[0-9a-f]{1,32}$/i.test(text))
        throw new UsageError('The id of a trace is missing: 32 hexadecimal digits, such as a log line has')
      const { trace } = await import('./trace.ts')
      await trace(at, text)
    }
  }
  return 0
}
