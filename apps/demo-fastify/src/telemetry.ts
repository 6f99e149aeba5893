import { createSightline } from '@sightline/core'
import { startTelemetry } from '@sightline/otel'

// Traces, metrics and logs go to a collector where there is one; traces are shown where they are asked for.
const { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_EXPORTER } = process.env
if (OTEL_EXPORTER_OTLP_ENDPOINT ?? OTEL_TRACES_EXPORTER) startTelemetry()

/** How this service is observed: made once, used wherever there is something to tell. */
export const telemetry = createSightline({ service: 'storefront' })

/** Who is in the shop. */
export const activeUsers = telemetry.metrics.gauge({
  name: 'shop_active_users',
  help: 'Visitors seen in the last five minutes.',
})

/** How many of those who are in the shop have bought something. */
export const conversion = telemetry.metrics.gauge({
  name: 'shop_conversion_ratio',
  help: 'Share of the active users who have bought something, from 0 to 1.',
})

/** Everybody who ever came in. */
export const visits = telemetry.metrics.counter({
  name: 'shop_visits_total',
  help: 'Visits that have begun.',
})

/** Checkouts by how they ended: `paid`, or the code of the error. */
export const checkouts = telemetry.metrics.counter({
  name: 'shop_checkouts_total',
  help: 'Checkouts by how they ended.',
  labels: ['result'],
})

/** What is on the shelves. */
export const inventory = telemetry.metrics.gauge({
  name: 'shop_inventory_items',
  help: 'Items in stock.',
  labels: ['sku'],
})

/** What people look for and we do not sell. */
export const searchMisses = telemetry.metrics.counter({
  name: 'shop_search_misses_total',
  help: 'Searches without a hit.',
})
