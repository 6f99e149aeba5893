import { spawnSync } from 'node:child_process'

import { jest, reportTo } from './jest.mjs'
import { OTHER_NODES, pathOfNode } from './nodes.mjs'

/** The packages that run on whatever supported Node.js a user has. */
const projects = ['core', 'fastify', 'express', 'koa', 'otel', 'hub']

const failed = OTHER_NODES.filter((version) => {
  console.log(`> Running Jest of ${projects.join(', ')} on Node.js ${version}`)
  // The list of projects ends at the next option, so the given arguments come first.
  const asked = [...process.argv.slice(2), ...reportTo(`node-${version}`)]
  const { status } = spawnSync(pathOfNode(version), [...jest, ...asked, '--selectProjects', ...projects], {
    stdio: 'inherit',
  })
  return status !== 0
})

if (failed.length > 0) console.error(`! Failed on Node.js ${failed.join(' and ')}`)
process.exit(failed.length > 0 ? 1 : 0)
