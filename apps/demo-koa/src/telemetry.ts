import { createSightline } from '@sightline/core'
import { startTelemetry } from '@sightline/otel'

// Traces, metrics and logs go to a collector if one is configured. Traces are printed on request.
const { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_EXPORTER } = process.env
if (OTEL_EXPORTER_OTLP_ENDPOINT ?? OTEL_TRACES_EXPORTER) startTelemetry()

/** The Sightline of this service, shared by all modules. */
export const telemetry = createSightline({ service: 'payments' })

/**
 * Charges by result: `captured`, `declined`, `abandoned` (the caller disconnected) or `called_off` during the
 * bank request.
 */
export const charges = telemetry.metrics.counter({
  name: 'shop_charges_total',
  help: 'Charges by how they ended.',
  labels: ['result'],
})

/** Declined charges by reason. */
export const declines = telemetry.metrics.counter({
  name: 'shop_declines_total',
  help: 'Charges that a bank declined, by its reason.',
  labels: ['reason'],
})

/** Captured amounts. */
export const captured = telemetry.metrics.counter({
  name: 'shop_captured_euros_total',
  help: 'Money taken from cards.',
})

/** Refunded amounts. */
export const refunded = telemetry.metrics.counter({
  name: 'shop_refunded_euros_total',
  help: 'Money given back to cards.',
})
