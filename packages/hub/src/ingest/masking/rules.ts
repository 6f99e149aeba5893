import type { Secrets } from '@sightline/secrets'

/** The rules of the kit, as far as masking needs them. */
export type SecretRules = Pick<Secrets, 'hides' | 'mask' | 'maskPath' | 'mayMask'>
