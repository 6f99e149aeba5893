import { setTimeout as delay } from 'node:timers/promises'

import type { Moment } from '../day.ts'
import type { Payments } from './payments.ts'
import { FAULTY, SOUND } from './releases.ts'

const LOOK_EVERY_MS = 200

/**
 * Deploys the faulty release of payments when the day is there, and rolls it back, until the signal.
 *
 * @throws {Error} if a deployment fails
 */
export async function letIncidentHappen(
  payments: Payments,
  moment: () => Moment,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const wanted = moment().isIncident ? FAULTY : SOUND
    if (wanted.version !== payments.version) await payments.deploy(wanted)
    await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => {})
  }
}
