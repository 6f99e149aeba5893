import type { DatabaseSync } from 'node:sqlite'

import { sightline } from '@sightline/express'
import express, { type ErrorRequestHandler, type Express } from 'express'

import { customerRoutes } from './customer-routes.ts'
import { OrderError } from './errors.ts'
import { createOrderBook } from './order-book.ts'
import { createOrders } from './orders.ts'
import type { PaymentsClient } from './payments-client.ts'
import { telemetry } from './telemetry.ts'

/** What orders stand on. */
export interface OrdersSetup {
  readonly store: DatabaseSync
  readonly payments: PaymentsClient
}

/** Builds the orders service. */
export function buildApp({ store, payments }: OrdersSetup): Express {
  const app = express()
  app.disable('x-powered-by')
  app.use(sightline(telemetry))
  app.use(express.json())
  app.use('/customers', customerRoutes(createOrders(createOrderBook(store), payments)))
  app.use(answerErrors)
  return app
}

/** Answers errors of the domain by their table. All others are bugs or no JSON, and Express's. */
const answerErrors: ErrorRequestHandler = (error, _req, res, next) => {
  if (error instanceof OrderError) res.status(error.status).json(error)
  else next(error)
}
