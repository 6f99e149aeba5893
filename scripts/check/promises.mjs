import { existsSync } from 'node:fs'

/** The requirements for every published package. */
const SCRIPTS = {
  build: 'rm -rf dist && tsc -p tsconfig.build.json',
  types: 'tsc --noEmit',
  check: 'publint --strict && attw --pack . --profile esm-only',
}

/** Packages that need a newer Node.js than the others: the SQLite of 22.15 has no full-text index. */
const NODES = { 'packages/hub': '>=22.16', 'packages/sightline': '>=22.16' }

/** The requirements that a package does not meet. */
export function missingPromises(folder, manifest) {
  const { license, engines, repository, publishConfig, description, files = [], scripts = {} } = manifest
  const problems = []
  const demand = (met, problem) => met || problems.push(problem)
  demand(description, 'package.json has no description')
  demand(license === 'Apache-2.0', `its licence is ${license}, but Sightline is under Apache-2.0`)
  const node = NODES[folder] ?? '>=22.15'
  demand(engines?.node === node, `engines.node is ${engines?.node}, but the promise is ${node}`)
  demand(
    repository?.directory === folder,
    `repository.directory is ${repository?.directory}, but it is ${folder}`,
  )
  demand(
    publishConfig?.access === 'public',
    'publishConfig.access is not public: npm would keep it to itself',
  )
  demand(files.includes('dist'), 'files has no dist: npm would publish nothing that runs')
  demand(existsSync(`${folder}/README.md`), 'there is no README.md')
  for (const [name, command] of Object.entries(SCRIPTS)) {
    demand(scripts[name] !== undefined, `there is no script ${name}: others have "${command}"`)
  }
  return problems
}
