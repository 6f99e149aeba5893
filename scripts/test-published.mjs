import { spawnSync } from 'node:child_process'

import { ensureDebianPackages, PACKAGES_OF_SUITES } from './debian.mjs'
import { jest, reportTo } from './jest.mjs'
import { OTHER_NODES, pathOfNode } from './nodes.mjs'

/** Builds the packages, and tests them as installed by external programs and copied templates. */

ensureDebianPackages(PACKAGES_OF_SUITES)
run('turbo', ['run', 'build', '--filter=./packages/*'])

const versions = [OTHER_NODES[0], process.versions.node, OTHER_NODES[1]]
const nodes = versions.map((version) => [
  version,
  version === process.versions.node ? process.execPath : pathOfNode(version),
])
const args = ['--config', 'published/jest.config.js', ...process.argv.slice(2), ...reportTo('published')]
run(process.execPath, [...jest, ...args], { NODES: JSON.stringify(nodes) })

function run(command, commandArgs, env = {}) {
  const { status } = spawnSync(command, commandArgs, { stdio: 'inherit', env: { ...process.env, ...env } })
  if (status !== 0) process.exit(status ?? 1)
}
