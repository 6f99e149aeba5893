import { fileURLToPath } from 'node:url'

/** The services, in the order of a checkout. */
export const SERVICES = ['storefront', 'orders', 'payments'] as const

export type ServiceName = (typeof SERVICES)[number]

/** The start plan of a service. */
export interface ServicePlan {
  readonly name: ServiceName
  readonly framework: string
  /** The module that starts it. */
  readonly module: string
  /** Its preferred port. */
  readonly port: number
  /** The called service, and the variable with its address. */
  readonly upstream?: { readonly name: ServiceName; readonly variable: string }
}

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
