import { Router } from 'express'

import { readOrder } from './order-request.ts'
import type { Orders } from './orders.ts'

interface CustomerPath {
  customerId: string
}

interface OrderPath extends CustomerPath {
  orderId: string
}

/** The routes below `/customers`: nested routers for customers, their orders, and each order. */
export function customerRoutes(orders: Orders): Router {
  const customers = Router()
  customers.use('/:customerId/orders', ordersOfCustomer(orders))
  return customers
}

function ordersOfCustomer(orders: Orders): Router {
  const router = Router({ mergeParams: true })

  router.get<'/', CustomerPath>('/', async (req, res) => {
    res.json({ orders: await orders.latest(req.params.customerId) })
  })

  router.post<'/', CustomerPath>('/', async (req, res) => {
    res.status(201).json(await orders.place(req.params.customerId, readOrder(req.body)))
  })

  router.use('/:orderId', oneOrder(orders))
  return router
}

function oneOrder(orders: Orders): Router {
  const router = Router({ mergeParams: true })

  router.get<'/', OrderPath>('/', async ({ params }, res) => {
    res.json(await orders.find(params.customerId, params.orderId))
  })

  router.post<'/cancellation', OrderPath>('/cancellation', async ({ params }, res) => {
    res.json(await orders.cancel(params.customerId, params.orderId))
  })

  return router
}
