import { createSightline } from '@sightline/core'
import { startTelemetry } from '@sightline/otel'

// Traces, metrics and logs go to a collector where there is one; traces are shown where they are asked for.
const { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_EXPORTER } = process.env
if (OTEL_EXPORTER_OTLP_ENDPOINT ?? OTEL_TRACES_EXPORTER) startTelemetry()

/** How this service is observed: made once, used wherever there is something to tell. */
export const telemetry = createSightline({ service: 'orders' })

/** Orders by where they got to: `paid`, `declined`, `unpaid` (payments gave no answer, and were told to take nothing) or `cancelled`. */
export const ordersTotal = telemetry.metrics.counter({
  name: 'shop_orders_total',
  help: 'Orders by where they got to.',
  labels: ['status'],
})

/** What customers have paid; what they got back is not taken off. */
export const revenue = telemetry.metrics.counter({
  name: 'shop_revenue_euros_total',
  help: 'Value of the orders that were paid.',
})

/** What was given back for cancelled orders. */
export const refunds = telemetry.metrics.counter({
  name: 'shop_refunds_euros_total',
  help: 'Value of the paid orders that were cancelled.',
})

/** How large orders are. */
export const orderValue = telemetry.metrics.histogram({
  name: 'shop_order_value_euros',
  help: 'Value of an order that was paid.',
  buckets: [10, 25, 50, 100, 250, 500, 1_000],
})
