import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'

const TICK_MS = 20
const CONNECTIONS = 32

/** A load with a fixed rate, whatever the response time. */
export interface Pacer {
  /** Number of responses with status 200. */
  readonly answered: number
  /** Stops the load. Rejects if a request failed. */
  stop(): Promise<void>
}

/** Sends requests at a fixed rate, half of them with a sampled trace context. */
export function startPacer(url: string, requestsPerSecond: number): Pacer {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const begin = performance.now()
  const pending = new Set<Promise<void>>()
  let sent = 0
  let answered = 0
  let failure: unknown

  const timer = setInterval(() => {
    const due = ((performance.now() - begin) / 1_000) * requestsPerSecond
    if (failure !== undefined) return
    while (sent < due) {
      const asked: Promise<void> = ask(sent++)
        .catch((error: unknown) => {
          failure ??= error
        })
        .finally(() => pending.delete(asked))
      pending.add(asked)
    }
  }, TICK_MS).unref()

  async function ask(n: number): Promise<void> {
    const headers = n % 2 === 0 ? {} : { traceparent: `00-${hex(n, 32)}-${hex(n, 16)}-01` }
    const response = await answerTo(`/api/orders/${1_000 + (n % 9_000)}`, headers)
    await once(response.resume(), 'end')
    if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}`)
    answered++
  }

  /** Retries when the service has closed an idle connection at the moment of its use: that is no failure. */
  async function answerTo(path: string, headers: Readonly<Record<string, string>>): Promise<IncomingMessage> {
    for (;;) {
      const asked = request(`${url}${path}`, { agent, headers }).end()
      try {
        const [response] = (await once(asked, 'response')) as [IncomingMessage]
        return response
      } catch (error) {
        if (!asked.reusedSocket || (error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error
      }
    }
  }

  return {
    get answered() {
      return answered
    },
    async stop() {
      clearInterval(timer)
      await Promise.all(pending)
      agent.destroy()
      if (failure !== undefined) throw failure
    },
  }
}

/** An id that is not all zeros. */
function hex(n: number, digits: number): string {
  return (n + 1).toString(16).padStart(digits, 'a')
}
