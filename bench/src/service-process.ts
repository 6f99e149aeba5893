import { messageOf, startChild, stopChild } from './child.ts'
import { logPipe } from './log-pipe.ts'
import type { Answer, Memory, Question, ServicePlan, Usage } from './service/plan.ts'

/** The order id that only proofs request, not the load. */
export const PROOF_ID = '0000'

const MAIN = new URL('service/main.ts', import.meta.url)

/** A service in its own process, on the service's core. */
export interface ServiceProcess {
  readonly url: string
  /** The first log line about the proof's order. `undefined` if there was none until the stop. */
  readonly logged: Promise<string | undefined>
  usage(): Promise<Usage>
  /** Lets it finish pending work of earlier requests. */
  settle(): Promise<void>
  /** Only with `--expose-gc`. */
  memory(): Promise<Memory>
  stop(): Promise<void>
}

/**
 * Starts a service, and waits until it listens.
 *
 * @throws {Error} if it ends before that
 */
export async function startService(
  plan: ServicePlan,
  flags: readonly string[] = [],
): Promise<ServiceProcess> {
  const pipe = logPipe(`/${PROOF_ID}`)
  const child = startChild({ module: MAIN, args: [JSON.stringify(plan)], flags, stdout: pipe.fd })

  /** One question at a time: the next message is its answer. */
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
