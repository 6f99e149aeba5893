import { createSightline } from '@sightline/core'
import { startTelemetry } from '@sightline/otel'

// Traces, metrics and logs go to a collector where there is one; traces are shown where they are asked for.
const { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_EXPORTER } = process.env
if (OTEL_EXPORTER_OTLP_ENDPOINT ?? OTEL_TRACES_EXPORTER) startTelemetry()

/** How this service is observed: made once, used wherever there is something to tell. */
export const telemetry = createSightline({ service: 'payments' })

/** How charges end: `captured`, `declined`, `abandoned` (the caller hung up) or `called_off` while the bank was asked. */
export const charges = telemetry.metrics.counter({
  name: 'shop_charges_total',
  help: 'Charges by how they ended.',
  labels: ['result'],
})

/** Why banks decline. */
export const declines = telemetry.metrics.counter({
  name: 'shop_declines_total',
  help: 'Charges that a bank declined, by its reason.',
  labels: ['reason'],
})

/** Money taken. */
export const captured = telemetry.metrics.counter({
  name: 'shop_captured_euros_total',
  help: 'Money taken from cards.',
})

/** Money given back. */
export const refunded = telemetry.metrics.counter({
  name: 'shop_refunded_euros_total',
  help: 'Money given back to cards.',
})
