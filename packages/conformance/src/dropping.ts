import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import { expect } from '@jest/globals'

import type { Remains } from './dropped.ts'
import type { Group } from './suite.ts'

const PROGRAM = fileURLToPath(new URL('dropped.ts', import.meta.url))

export const dropping: Group = {
  promise: 'lets go of applications that were dropped without being closed',
  assertions({ adapter, check }) {
    check(
      'once their last server is closed, and counts again once there is another',
      async () => {
        const { alive, counted, made, watched } = await remains(adapter.module)
        // Without a server the Sightline is released and does not count the first outbound request. Its
        // arrival at the second server takes hold again.
        expect({ watched, counted }).toEqual({ watched: false, counted: 3 })
        // V8 may find a reference to the latest ones on its stack.
        expect(alive).toBeLessThan(made / 4)
      },
      60_000,
    )
  },
}

async function remains(module: string): Promise<Remains> {
  const { JEST_WORKER_ID: _, NODE_ENV: __, ...env } = process.env
  const flags = ['--experimental-strip-types', '--no-warnings', '--conditions=@sightline/source']
  const child = spawn(process.execPath, [...flags, PROGRAM, module], {
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const [told] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the program has ended with ${String(code)} before it told anything`)
    }),
  ])) as [Remains]
  child.kill('SIGKILL')
  return told
}
