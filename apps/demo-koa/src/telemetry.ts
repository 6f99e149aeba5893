import { createSightline } from '@sightline/core'

/** How this service is observed: made once, used wherever there is something to tell. */
export const telemetry = createSightline({ service: 'payments' })

/** How charges end: `captured`, `declined` or `abandoned` (the caller hung up). */
export const charges = telemetry.metrics.counter({
  name: 'shop_charges_total',
  help: 'Charges by how they ended.',
  labels: ['outcome'],
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
