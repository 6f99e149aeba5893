import type { HubLog } from '@sightline/hub'

import { openHub } from '../hub/open-hub.ts'
import { startStatusLine, type StatusLine } from '../hub/status-line.ts'
import type { HubWishes } from '../options.ts'
import { plain } from '../text/terminal.ts'

const RANKS = { error: 0, warn: 1, info: 2 } as const

/** `sightline`: a hub until a signal ends it. Returns the exit code. */
export async function serve(wishes: HubWishes): Promise<number> {
  let status: StatusLine | undefined
  const log: HubLog = (level, message) => {
    if (RANKS[level] > RANKS[wishes.logLevel]) return
    const line = `${level.toUpperCase().padEnd(5)} ${message.split('\n').map(plain).join('\n')}\n`
    if (status === undefined) process.stderr.write(line)
    else status.above(line)
  }
  const told = untilToldToEnd()
  const hub = await openHub(wishes, log)
  process.stdout.write(hub.introduction)
  if (process.stdout.isTTY) status = startStatusLine(hub, process.stdout)
  await told
  status?.stop()
  status = undefined
  await hub.close()
  return 0
}

/** The first signal ends the hub once it has stored what it received, a second one at once. */
function untilToldToEnd(): Promise<void> {
  return new Promise((resolve) => {
    let isTold = false
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => {
        if (isTold) process.exit(130)
        isTold = true
        resolve()
      })
  })
}
