import type { Host } from '../seam.ts'

/** The property in which a Sightline has its {@link Host}. */
export const HOST = Symbol.for('sightline.host.1')

/**
 * The face of a Sightline for adapters.
 *
 * @throws {TypeError} if the object is no Sightline
 */
export function hostOf(sightline: object): Host {
  const host = (sightline as { readonly [HOST]?: Host })[HOST]
  if (host === undefined)
    throw new TypeError('Sightline: hostOf needs a Sightline, which createSightline() makes')
  return host
}
