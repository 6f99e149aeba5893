// Options that need files which a bundle does not contain.
import { createSightline } from '@sightline/core'

const { log } = createSightline({ service: 'orders', log: { pretty: true, caller: true } })
log.info('started')
