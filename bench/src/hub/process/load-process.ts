import { messageOf, startChild, stopChild } from '../../child.ts'
import type { LoadAnswer, LoadPlan, StreamReport } from '../load/plan.ts'

const MAIN = new URL('../load/main.ts', import.meta.url)

/** A load that is prepared. */
export interface Load {
  /** Sends it. Resolves when all requests are answered. */
  run(): Promise<readonly StreamReport[]>
  stop(): Promise<void>
}

/** Prepares a load in a process of its own. */
export async function prepareLoad(plan: LoadPlan): Promise<Load> {
  const child = startChild({
    module: MAIN,
    args: [JSON.stringify(plan)],
    flags: process.execArgv,
    core: 'any',
  })
  try {
    await messageOf<LoadAnswer>(child)
    return {
      async run() {
        const report = messageOf<Extract<LoadAnswer, { type: 'report' }>>(child)
        child.send('go')
        return (await report).streams
      },
      stop: () => stopChild(child),
    }
  } catch (error) {
    await stopChild(child)
    throw error
  }
}

/** Prepares a load, sends it, and ends its process. */
export async function runLoad(plan: LoadPlan): Promise<readonly StreamReport[]> {
  const load = await prepareLoad(plan)
  try {
    return await load.run()
  } finally {
    await load.stop()
  }
}
