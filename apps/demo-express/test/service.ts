import { once } from 'node:events'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

import { openStorage } from './storage.ts'

const { buildApp } = await import('../src/app.ts')
const { createOrderBook, SCHEMA } = await import('../src/order-book.ts')
const { createOrders } = await import('../src/orders.ts')
const { createPaymentsClient } = await import('../src/payments-client.ts')

/** A request to payments. */
interface Asked {
  readonly path: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: Record<string, unknown>
}

/** The response of payments. `never`: no response. */
export type Reply = (asked: Asked) => { status: number; body: unknown } | 'never'

/** Starts orders on its own port with an empty book, and a payments service with given responses. */
export async function openOrders(reply: Reply, timeoutMs = 5_000) {
  const asked: Asked[] = []
  const payments = await listen((req, res) => void answerFor(req, res))
  const storage = await openStorage(SCHEMA)
  const book = createOrderBook(storage.database)
  const rules = createOrders({
    book,
    payments: createPaymentsClient({ url: payments.url, timeoutMs }),
    cache: storage.cache,
  })
  const orders = await listen(buildApp(rules))

  async function answerFor(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const question = { path: req.url, headers: req.headers, body: (await json(req)) as Asked['body'] }
    asked.push(question)
    const answer = reply(question)
    if (answer === 'never') return
    res.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body))
  }

  async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(`${orders.url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }

  return {
    ask,
    asked,
    /** Makes all orders old enough for a clean-up, and runs it. */
    async clearUp() {
      await storage.database.query(`update orders set placed_at = '2026-01-01T00:00:00.000Z'`)
      await rules.clearUp()
    },
    metrics: async () => (await fetch(`${orders.url}/metrics`)).text(),
    async close() {
      await Promise.all([orders.close(), payments.close()])
      await storage.close()
    },
  }
}

async function listen(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
