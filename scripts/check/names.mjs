import { readFileSync } from 'node:fs'

import { parseSync } from 'oxc-parser'

/**
 * Every exported name of a package by entry, including types: none may be removed or added by accident.
 *
 * @returns {Record<string, string[]>}
 * @throws {Error} if an entry re-exports a whole module: exports must be listed by name
 */
export function publicNames(folder, manifest) {
  const entries = Object.entries(manifest.exports).filter(([, target]) => typeof target === 'object')
  return Object.fromEntries(
    entries.map(([entry, target]) => [entry, exportedNames(`${folder}/${target['@sightline/source']}`)]),
  )
}

function exportedNames(file) {
  const { module, errors } = parseSync(file, readFileSync(file, 'utf8'))
  if (errors.length > 0) throw new Error(`${file} is no TypeScript: ${errors[0].message}`)
  const names = module.staticExports.flatMap(({ entries }) => entries.map((entry) => nameOf(entry, file)))
  return names.toSorted((a, b) => a.localeCompare(b, 'en'))
}

function nameOf({ exportName, isType }, file) {
  if (exportName.kind === 'Default') return 'default'
  if (exportName.name === null) {
    throw new Error(`${file} exports everything of another module: name what it promises`)
  }
  return isType ? `type ${exportName.name}` : exportName.name
}
