import { fileURLToPath } from 'node:url'

/** The names of the services, in the order in which a checkout passes through them. */
export const SERVICES = ['storefront', 'orders', 'payments'] as const

export type ServiceName = (typeof SERVICES)[number]

/** How to start a service. */
export interface ServicePlan {
  readonly name: ServiceName
  readonly framework: string
  /** The module that starts it. */
  readonly module: string
  /** Where it listens if nobody else does. */
  readonly port: number
  /** Whom it calls, and the variable that tells it where. */
  readonly upstream?: { readonly name: ServiceName; readonly variable: string }
}

/** The services of the shop. */
export const PLANS: Readonly<Record<ServiceName, ServicePlan>> = {
  storefront: {
    name: 'storefront',
    framework: 'Fastify',
    module: fileURLToPath(import.meta.resolve('@sightline/demo-fastify')),
    port: 3000,
    upstream: { name: 'orders', variable: 'ORDERS_URL' },
  },
  orders: {
    name: 'orders',
    framework: 'Express',
    module: fileURLToPath(import.meta.resolve('@sightline/demo-express')),
    port: 3001,
    upstream: { name: 'payments', variable: 'PAYMENTS_URL' },
  },
  payments: {
    name: 'payments',
    framework: 'Koa',
    module: fileURLToPath(import.meta.resolve('@sightline/demo-koa')),
    port: 3002,
  },
}
