import { Router } from '@koa/router'
import type { Context } from 'koa'

import { readCharge, readOrderId } from './charge-request.ts'
import type { Payments } from './payments.ts'

/** The routes below `/payments`. */
export function paymentRoutes(payments: Payments): Router {
  const router = new Router({ prefix: '/payments' })

  router.post('/', async (ctx) => {
    ctx.body = await payments.capture(readCharge(ctx.request.body), untilCallerLeaves(ctx))
    ctx.status = 201
  })

  router.post('/call-offs', async (ctx) => {
    ctx.body = await payments.callOff(readOrderId(ctx.request.body))
  })

  router.get('/:paymentId', async (ctx) => {
    const { paymentId = '' } = ctx.params
    ctx.body = await payments.find(paymentId)
  })

  router.post('/:paymentId/refunds', async (ctx) => {
    const { paymentId = '' } = ctx.params
    ctx.body = await payments.refund(paymentId)
    ctx.status = 201
  })

  return router
}

/** Aborts when the connection closes. After the response it has no effect. */
function untilCallerLeaves({ res }: Pick<Context, 'res'>): AbortSignal {
  const left = new AbortController()
  res.once('close', () => left.abort())
  return left.signal
}
