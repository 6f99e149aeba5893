import type { Host } from '../seam.ts'

/** Where a Sightline has its {@link Host}. */
export const HOST = Symbol.for('sightline.host.1')

/**
 * What a Sightline offers to adapters.
 *
 * @throws {TypeError} where it is no Sightline
 */
export function hostOf(sightline: object): Host {
  const host = (sightline as { readonly [HOST]?: Host })[HOST]
  if (host === undefined)
    throw new TypeError('Sightline: hostOf needs a Sightline, which createSightline() makes')
  return host
}
