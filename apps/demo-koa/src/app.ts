import type { DatabaseSync } from 'node:sqlite'

import { bodyParser } from '@koa/bodyparser'
import { sightline } from '@sightline/koa'
import Koa, { type Context, type Next } from 'koa'

import type { CardNetwork } from './card-network.ts'
import { PaymentError } from './errors.ts'
import { createLedger } from './ledger.ts'
import { paymentRoutes } from './payment-routes.ts'
import { createPayments } from './payments.ts'
import { telemetry } from './telemetry.ts'

/** What payments stand on. */
export interface PaymentsSetup {
  readonly store: DatabaseSync
  readonly network: CardNetwork
}

/** Builds the payments service. */
export function buildApp({ store, network }: PaymentsSetup): Koa {
  const routes = paymentRoutes(createPayments(createLedger(store), network))
  const app = new Koa()
  app.use(sightline(telemetry))
  app.use(answerErrors)
  app.use(bodyParser({ enableTypes: ['json'] }))
  app.use(routes.routes())
  app.use(routes.allowedMethods())
  return app
}

/** Answers errors of the domain by their table. All others are bugs, and Koa's. */
async function answerErrors(ctx: Context, next: Next): Promise<void> {
  try {
    await next()
  } catch (error) {
    if (!(error instanceof PaymentError)) throw error
    ctx.status = error.status
    ctx.body = error.toJSON()
  }
}
