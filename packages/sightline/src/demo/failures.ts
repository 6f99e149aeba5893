/** An error that a span and a log record carry. */
export interface Failure {
  readonly type: string
  readonly message: string
  readonly stack: string
}

const failure = (type: string, message: string, ...frames: readonly string[]): Failure => ({
  type,
  message,
  stack: [`${type}: ${message}`, ...frames.map((frame) => `    at ${frame}`)].join('\n'),
})

/** The payment's row is locked by another transaction. */
export const lockTimeout = (paymentId: string): Failure =>
  failure(
    'QueryTimeoutError',
    `Query read timeout after 2000 ms for payment ${paymentId}`,
    'Timeout._onTimeout (/app/node_modules/pg/lib/client.js:582:26)',
    'listOnTimeout (node:internal/timers:588:17)',
    'process.processTimers (node:internal/timers:523:7)',
    'async lockPayment (/app/dist/payments/lock.js:31:18)',
    'async authorize (/app/dist/payments/authorize.js:57:5)',
    'async postPayment (/app/dist/routes/payments.js:22:20)',
  )

/** All connections of the pool are held by transactions that wait. */
export const poolTimeout = (): Failure =>
  failure(
    'PoolTimeoutError',
    'Timeout of 2000 ms exceeded when trying to connect',
    'Pool.connect (/app/node_modules/pg-pool/index.js:45:11)',
    'async withTransaction (/app/dist/payments/transaction.js:12:18)',
    'async authorize (/app/dist/payments/authorize.js:41:5)',
    'async postPayment (/app/dist/routes/payments.js:22:20)',
  )

export const notAuthorized = (orderId: string): Failure =>
  failure(
    'PaymentError',
    `payments answered 500 for order ${orderId}`,
    'PaymentsClient.authorize (/app/dist/clients/payments.js:44:13)',
    'async placeOrder (/app/dist/orders/place-order.js:71:21)',
    'async postOrder (/app/dist/routes/orders.js:35:18)',
  )

export const checkoutFailed = (status: number): Failure =>
  failure(
    'CheckoutError',
    `orders answered ${status}`,
    'OrdersClient.place (/app/dist/clients/orders.js:38:11)',
    'async checkout (/app/dist/routes/checkout.js:64:17)',
  )

export const missingPrice = (): Failure =>
  failure(
    'TypeError',
    "Cannot read properties of undefined (reading 'amount')",
    'priceOf (/app/dist/search/price-of.js:12:27)',
    'Array.map (<anonymous>)',
    'toResults (/app/dist/search/results.js:29:23)',
    'async search (/app/dist/routes/search.js:18:10)',
  )
