import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

import { openStorage } from './storage.ts'

const { buildApp } = await import('../src/app.ts')
const { createOrdersClient } = await import('../src/orders-client.ts')
const { SCHEMA } = await import('../src/schema.ts')
const { openShop } = await import('../src/shop.ts')

/** A request to orders. */
interface Asked {
  readonly method: string | undefined
  readonly path: string | undefined
  readonly requestId: unknown
  readonly body: Record<string, unknown>
}

/** The response of orders. */
export type Reply = (asked: Asked) => { status: number; body: unknown }

/** Opens a fully stocked shop without a server. */
export async function openShopRoom(ordersUrl = 'http://127.0.0.1:1') {
  const { database, cache, close } = await openStorage(SCHEMA)
  const shop = await openShop({ database, cache, orders: createOrdersClient({ url: ordersUrl }) })
  return { shop, database, close }
}

/** Starts a storefront on its own port with full stock, and an orders service with given responses. */
export async function openStorefront(reply: Reply) {
  const asked: Asked[] = []
  async function answerFor(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const sent = await text(req)
    const question: Asked = {
      method: req.method,
      path: req.url,
      requestId: req.headers['x-request-id'],
      body: JSON.parse(sent || '{}') as Asked['body'],
    }
    asked.push(question)
    const answer = reply(question)
    res.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body))
  }

  const orders = createServer((req, res) => void answerFor(req, res)).listen(0, '127.0.0.1')
  await once(orders, 'listening')

  const ordersUrl = `http://127.0.0.1:${(orders.address() as AddressInfo).port}`
  const { shop, close } = await openShopRoom(ordersUrl)
  const app = await buildApp(shop)
  const url = await app.listen({ port: 0, host: '127.0.0.1' })

  async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const answer = (await response.json()) as Record<string, unknown>
    return { status: response.status, body: answer, headers: response.headers }
  }

  return {
    ask,
    asked,
    /** Creates a cart with a quantity of one product. */
    async fillCart(sku: string, quantity: number): Promise<string> {
      const { body } = await ask('POST', '/carts')
      await ask('PUT', `/carts/${String(body['id'])}/items/${sku}`, { quantity })
      return String(body['id'])
    },
    stockOf: async (sku: string) => (await ask('GET', `/products/${sku}`)).body['stock'],
    metrics: async () => (await fetch(`${url}/metrics`)).text(),
    async close() {
      await app.close()
      orders.close()
      orders.closeAllConnections()
      await once(orders, 'close')
      await close()
    },
  }
}
