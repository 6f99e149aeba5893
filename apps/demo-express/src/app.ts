import { sightline } from '@sightline/express'
import express, { type ErrorRequestHandler, type Express } from 'express'

import { customerRoutes } from './customer-routes.ts'
import { OrderError } from './errors.ts'
import type { Orders } from './orders.ts'
import { telemetry } from './telemetry.ts'

/** Builds the orders service. */
export function buildApp(orders: Orders): Express {
  const app = express()
  app.disable('x-powered-by')
  app.use(sightline(telemetry))
  app.use(express.json())
  app.use('/customers', customerRoutes(orders))
  app.use(answerErrors)
  return app
}

/** Answers domain errors by their table. Express answers all others: bugs and invalid JSON. */
const answerErrors: ErrorRequestHandler = (error, _req, res, next) => {
  if (error instanceof OrderError) res.status(error.status).json(error)
  else next(error)
}
