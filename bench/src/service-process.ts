import { messageOf, startChild, stopChild } from './child.ts'
import { logPipe } from './log-pipe.ts'
import type { Answer, Memory, Question, ServicePlan, Usage } from './service/plan.ts'

/** The id of the order that proofs ask for, and the load does not. */
export const PROOF_ID = '0000'

const MAIN = new URL('service/main.ts', import.meta.url)

/** A service that runs in a process of its own, on its core. */
export interface ServiceProcess {
  readonly url: string
  /** The first line that the service wrote about the order that proofs ask for; `undefined`: none until it was stopped. */
  readonly logged: Promise<string | undefined>
  usage(): Promise<Usage>
  /** Lets it finish what earlier requests have left to do. */
  settle(): Promise<void>
  /** Only of one that was started with `--expose-gc`. */
  memory(): Promise<Memory>
  stop(): Promise<void>
}

/**
 * Starts a service, and waits until it listens.
 *
 * @throws {Error} where it ends before that
 */
export async function startService(
  plan: ServicePlan,
  flags: readonly string[] = [],
): Promise<ServiceProcess> {
  const pipe = logPipe(`/${PROOF_ID}`)
  const child = startChild({ module: MAIN, args: [JSON.stringify(plan)], flags, stdout: pipe.fd })

  /** Questions are asked one at a time, so that the next message is the answer. */
  async function ask<T extends Question>(question: T): Promise<Extract<Answer, { type: T }>> {
    const answer = messageOf<Extract<Answer, { type: T }>>(child)
    child.send(question)
    return answer
  }
  async function stop() {
    await stopChild(child)
    await pipe.close()
  }

  try {
    const { port } = await messageOf<Extract<Answer, { type: 'listening' }>>(child)
    return {
      url: `http://127.0.0.1:${port}`,
      logged: pipe.marked,
      usage: () => ask('usage'),
      settle: async () => void (await ask('settle')),
      memory: () => ask('memory'),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
