import { pnpm } from '../packages.mjs'

/** Licences that only require a notice: https://blueoakcouncil.org/list */
const PERMISSIVE = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
]

/**
 * The third-party packages installed with a package, and their licences.
 *
 * @returns {ReadonlyArray<{ name: string, license: string }>}
 */
export function installed(folder) {
  const answer = pnpm(folder, ['licenses', 'list', '--prod', '--json'])
  // Without any, it prints a sentence in place of JSON.
  if (!answer.startsWith('{')) return []
  return Object.values(JSON.parse(answer)).flat()
}

/** Packages with a licence that users would have to review. */
export function refusedLicences(packages) {
  return packages
    .filter(({ license }) => !alternatives(license).some((each) => PERMISSIVE.includes(each)))
    .map(
      ({ name, license }) =>
        `${name} is under ${license}: only ${PERMISSIVE.join(', ')} may come with a package`,
    )
}

/** `(MIT OR Apache-2.0)`: one of them is enough. */
function alternatives(license) {
  return license.replace(/^\(|\)$/g, '').split(' OR ')
}
