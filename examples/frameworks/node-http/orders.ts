import type { ServerResponse } from 'node:http'

import type { Route } from './router.ts'
import { telemetry } from './telemetry.ts'

/** The routes of orders. */
export const orders: readonly Route[] = [
  {
    method: 'GET',
    path: '/orders/:orderId',
    async handle(_req, res, { orderId = '' }) {
      telemetry.context.set({ order_id: orderId })
      telemetry.log.info('looking it up')
      send(res, 200, { id: orderId })
    },
  },
  {
    method: 'GET',
    path: '/broken',
    async handle() {
      throw new Error('the shelf is empty')
    },
  },
]

function send(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
