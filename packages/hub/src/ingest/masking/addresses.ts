import { CENSOR } from '@sightline/secrets'

import type { SecretRules } from './rules.ts'

const PATHS = new Set(['url.path', 'url.full', 'http.target', 'http.url'])

/** Whether an attribute of this name has the path of a request, which the route beside it explains. */
export function isPath(name: string): boolean {
  return PATHS.has(name)
}

/** Masks the path of a request. */
export function maskedPath(
  name: string,
  path: string,
  route: string | undefined,
  rules: Pick<SecretRules, 'mask' | 'maskPath'>,
): string {
  const masked = route === undefined ? rules.mask(path) : rules.maskPath(path, route)
  // https://opentelemetry.io/docs/specs/semconv/registry/attributes/url/#url-full
  return name === 'url.full' ? masked.replaceAll(CENSOR, 'REDACTED') : masked
}

/** Masks the query of a URL. The rules know secrets in a query by the question mark before it. */
export function maskedQuery(query: string, rules: Pick<SecretRules, 'mask'>): string {
  return rules.mask(`?${query}`).slice(1)
}
