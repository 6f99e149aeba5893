import { createSightline } from '@sightline/core'
import { startTelemetry } from '@sightline/otel'

// Traces, metrics and logs go to a collector if one is configured. Traces are printed on request.
const { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_EXPORTER } = process.env
if (OTEL_EXPORTER_OTLP_ENDPOINT ?? OTEL_TRACES_EXPORTER) startTelemetry()

/** The Sightline of this service, shared by all modules. */
export const telemetry = createSightline({ service: 'storefront' })

/** Present visitors. */
export const activeUsers = telemetry.metrics.gauge({
  name: 'shop_active_users',
  help: 'Visitors seen in the last five minutes.',
})

/** Share of the present visitors who have bought something. */
export const conversion = telemetry.metrics.gauge({
  name: 'shop_conversion_ratio',
  help: 'Share of the active users who have bought something, from 0 to 1.',
})

/** All visitors so far. */
export const visits = telemetry.metrics.counter({
  name: 'shop_visits_total',
  help: 'Visits that have begun.',
})

/** Checkouts by result: `paid`, or the error code. */
export const checkouts = telemetry.metrics.counter({
  name: 'shop_checkouts_total',
  help: 'Checkouts by how they ended.',
  labels: ['result'],
})

/** Items in stock. */
export const inventory = telemetry.metrics.gauge({
  name: 'shop_inventory_items',
  help: 'Items in stock.',
  labels: ['sku'],
})

/** Searches without a result. */
export const searchMisses = telemetry.metrics.counter({
  name: 'shop_search_misses_total',
  help: 'Searches without a hit.',
})
