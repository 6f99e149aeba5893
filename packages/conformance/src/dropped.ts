/**
 * Creates and drops applications in one process, like a test suite: `dropped.ts <module of the adapter>`.
 * None of their Sightlines is closed. Reports the remains to its parent.
 */
import { channel } from 'node:diagnostics_channel'
import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { createSightline } from '@sightline/core'

import type { Adapter, Route } from './app.ts'

/** The remains of the applications. */
export interface Remains {
  readonly made: number
  /** Number of Sightlines that the garbage collector could not free. */
  readonly alive: number
  /** Whether the process's outbound requests are still watched. */
  readonly watched: boolean
  /**
   * Outbound requests counted by a Sightline: two to its first server, which is then closed, and two to a
   * second one.
   */
  readonly counted: number
}

const APPLICATIONS = 20

const [, , module = ''] = process.argv
const { adapter } = (await import(module)) as { adapter: Adapter }
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const routes: Route[] = [{ method: 'GET', pattern: '/', handler: () => ({ body: 'hello' }) }]
const made = () => createSightline({ service: 'shop', log: { level: 'silent' } })

async function asked(sightline: ReturnType<typeof made>): Promise<void> {
  const { server, close } = await adapter.serve({ routes, sightline })
  const { port } = server.address() as { port: number }
  for (let i = 0; i < 2; i++)
    await (await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })).text()
  await close()
}

async function dropped(): Promise<WeakRef<object>> {
  const sightline = made()
  await asked(sightline)
  return new WeakRef(sightline)
}

const all: WeakRef<object>[] = []
for (let i = 0; i < APPLICATIONS; i++) all.push(await dropped())
const watched = channel('undici:request:create').hasSubscribers
for (let i = 0; i < 10; i++) {
  await turn()
  collect()
}
const alive = all.filter((each) => each.deref() !== undefined).length

const kept = made()
await asked(kept)
await asked(kept)
const text = await kept.metrics.text()
const counted = [...text.matchAll(/^http_client_request_duration_seconds_count\{.*\} (\d+)$/gm)].reduce(
  (sum, [, count]) => sum + Number(count),
  0,
)
const remains: Remains = { made: APPLICATIONS, alive, watched, counted }
process.send?.(remains)
process.disconnect?.()
