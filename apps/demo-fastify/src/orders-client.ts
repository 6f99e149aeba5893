import { isShopErrorCode, ShopError } from './errors.ts'
import type { Quantity } from './stock.ts'
import { telemetry } from './telemetry.ts'

/** An order, as the orders service tells of it. */
export interface Order {
  readonly id: string
  readonly items: readonly Quantity[]
  readonly totalCents: number
  readonly status: string
  readonly placedAt: string
}

/** What is to be ordered. */
interface OrderRequest {
  readonly items: readonly Quantity[]
  readonly totalCents: number
  readonly card: string
}

/** What the shop asks of orders. */
export interface OrdersClient {
  place(customerId: string, request: OrderRequest): Promise<Order>
  latest(customerId: string): Promise<Order[]>
  cancel(customerId: string, orderId: string): Promise<Order>
}

/** Where orders are. */
export interface OrdersAddress {
  readonly url: string
  /** After how many milliseconds an answer comes too late. */
  readonly timeoutMs?: number
}

/** Orders, over HTTP. */
export function createOrdersClient({ url, timeoutMs = 3_000 }: OrdersAddress): OrdersClient {
  async function send(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`${url}${path}`, {
      method,
      headers: telemetry.context.inject({ 'content-type': 'application/json' }),
      signal: AbortSignal.timeout(timeoutMs),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  }

  /** Each call leaves one line, whether it was answered or not. */
  async function call(method: string, path: string, body?: unknown): Promise<unknown> {
    const startedAt = performance.now()
    const line = () => ({ upstream: 'orders', duration_ms: Math.round(performance.now() - startedAt) })
    try {
      const response = await send(method, path, body)
      telemetry.log.info({ ...line(), status: response.status }, 'orders answered')
      // What is no JSON comes from no orders service of ours; its status says enough.
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

  // What orders answers is what it has promised: see its `Order`.
  return {
    place: async (customerId, request) => (await call('POST', ordersOf(customerId), request)) as Order,
    latest: async (customerId) => ((await call('GET', ordersOf(customerId))) as { orders: Order[] }).orders,
    cancel: async (customerId, orderId) => {
      const path = `${ordersOf(customerId)}/${encodeURIComponent(orderId)}/cancellation`
      return (await call('POST', path)) as Order
    },
  }
}

/** What orders refuse by a rule that is ours as well reaches the visitor as it is. */
function refusal(answer: unknown): ShopError {
  const { error, message: _message, ...details } = Object(answer) as Record<string, unknown>
  return isShopErrorCode(error) ? new ShopError(error, details) : new ShopError('orders_failed')
}
