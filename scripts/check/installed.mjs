import { pnpm } from '../packages.mjs'

/** Licences that ask for nothing but their notice: https://blueoakcouncil.org/list */
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
 * The packages of others that come with a package when it is installed, and their licences.
 *
 * @returns {ReadonlyArray<{ name: string, license: string }>}
 */
export function installed(folder) {
  const answer = pnpm(folder, ['licenses', 'list', '--prod', '--json'])
  // Where there is none, it says so in a sentence.
  if (!answer.startsWith('{')) return []
  return Object.values(JSON.parse(answer)).flat()
}

/** What is under a licence that users of ours would have to ask their lawyers about. */
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
