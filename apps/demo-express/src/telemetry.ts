import { createSightline } from '@sightline/core'
import { startTelemetry } from '@sightline/otel'

// Traces, metrics and logs go to a collector if one is configured. Traces are printed on request.
const { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_EXPORTER } = process.env
if (OTEL_EXPORTER_OTLP_ENDPOINT ?? OTEL_TRACES_EXPORTER) startTelemetry()

/** The Sightline of this service, shared by all modules. */
export const telemetry = createSightline({ service: 'orders' })

/**
 * Orders by result: `paid`, `declined`, `unpaid` (payments gave no response, and was told to take nothing) or
 * `cancelled`.
 */
export const ordersTotal = telemetry.metrics.counter({
  name: 'shop_orders_total',
  help: 'Orders by where they got to.',
  labels: ['status'],
})

/** Payments of customers, refunds not subtracted. */
export const revenue = telemetry.metrics.counter({
  name: 'shop_revenue_euros_total',
  help: 'Value of the orders that were paid.',
})

/** Refunds for cancelled orders. */
export const refunds = telemetry.metrics.counter({
  name: 'shop_refunds_euros_total',
  help: 'Value of the paid orders that were cancelled.',
})

/** Values of orders. */
export const orderValue = telemetry.metrics.histogram({
  name: 'shop_order_value_euros',
  help: 'Value of an order that was paid.',
  buckets: [10, 25, 50, 100, 250, 500, 1_000],
})
