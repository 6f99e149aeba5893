import { isShopErrorCode, ShopError } from './errors.ts'
import type { Quantity } from './stock.ts'
import { telemetry } from './telemetry.ts'

/** An order in the orders service's format. */
export interface Order {
  readonly id: string
  readonly items: readonly Quantity[]
  readonly totalCents: number
  readonly status: string
  readonly placedAt: string
}

/** The request for an order. */
interface OrderRequest {
  readonly items: readonly Quantity[]
  readonly totalCents: number
  readonly card: string
}

/** The calls to the orders service. */
export interface OrdersClient {
  place(customerId: string, request: OrderRequest): Promise<Order>
  latest(customerId: string): Promise<Order[]>
  cancel(customerId: string, orderId: string): Promise<Order>
}

/** The address of orders. */
export interface OrdersAddress {
  readonly url: string
  /** Response timeout in milliseconds. */
  readonly timeoutMs?: number
}

/** The orders service over HTTP. */
export function createOrdersClient({ url, timeoutMs = 3_000 }: OrdersAddress): OrdersClient {
  async function send(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`${url}${path}`, {
      method,
      headers: telemetry.context.inject({ 'content-type': 'application/json' }),
      signal: AbortSignal.timeout(timeoutMs),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  }

  /** Each call logs one line, with or without a response. */
  async function call(method: string, path: string, body?: unknown): Promise<unknown> {
    const startedAt = performance.now()
    const line = () => ({ upstream: 'orders', duration_ms: Math.round(performance.now() - startedAt) })
    try {
      const response = await send(method, path, body)
      telemetry.log.info({ ...line(), status: response.status }, 'orders answered')
      // A response without JSON does not come from our orders service. Its status is enough.
      const answer: unknown = await response.json().catch(() => undefined)
      if (response.ok) return answer
      throw refusal(answer)
    } catch (error) {
      if (error instanceof ShopError) throw error
      telemetry.log.warn({ ...line(), err: error }, 'orders did not answer')
      throw new ShopError('orders_failed', {}, { cause: error })
    }
  }

  const ordersOf = (customerId: string) => `/customers/${encodeURIComponent(customerId)}/orders`

  // The orders service's contract: see its `Order`.
  return {
    place: async (customerId, request) => (await call('POST', ordersOf(customerId), request)) as Order,
    latest: async (customerId) => ((await call('GET', ordersOf(customerId))) as { orders: Order[] }).orders,
    cancel: async (customerId, orderId) => {
      const path = `${ordersOf(customerId)}/${encodeURIComponent(orderId)}/cancellation`
      return (await call('POST', path)) as Order
    },
  }
}

/** An error of orders that is also an error of the shop is passed on to the visitor. */
function refusal(answer: unknown): ShopError {
  const { error, message: _message, ...details } = Object(answer) as Record<string, unknown>
  return isShopErrorCode(error) ? new ShopError(error, details) : new ShopError('orders_failed')
}
