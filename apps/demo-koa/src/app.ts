import { bodyParser } from '@koa/bodyparser'
import { sightline } from '@sightline/koa'
import Koa, { type Context, type Next } from 'koa'

import { PaymentError } from './errors.ts'
import { paymentRoutes } from './payment-routes.ts'
import type { Payments } from './payments.ts'
import { telemetry } from './telemetry.ts'

/** Builds the payments service. */
export function buildApp(payments: Payments): Koa {
  const routes = paymentRoutes(payments)
  const app = new Koa()
  app.use(sightline(telemetry))
  app.use(answerErrors)
  app.use(bodyParser({ enableTypes: ['json'] }))
  app.use(routes.routes())
  app.use(routes.allowedMethods())
  return app
}

/** Answers domain errors by their table. Koa answers all others: bugs. */
async function answerErrors(ctx: Context, next: Next): Promise<void> {
  try {
    await next()
  } catch (error) {
    if (!(error instanceof PaymentError)) throw error
    ctx.status = error.status
    ctx.body = error.toJSON()
  }
}
