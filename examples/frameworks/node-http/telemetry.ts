import { createSightline } from '@sightline/core'

/** How this service is observed. */
export const telemetry = createSightline({ service: 'orders' })
