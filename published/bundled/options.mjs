// Options whose means are not in a bundle.
import { createSightline } from '@sightline/core'

const { log } = createSightline({ service: 'orders', log: { pretty: true, caller: true } })
log.info('started')
