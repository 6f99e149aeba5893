import { spawnSync } from 'node:child_process'

import { jest, reportTo } from './jest.mjs'
import { OTHER_NODES, pathOfNode } from './nodes.mjs'

/** The parts of the hub that stand on what Node.js brings along: SQLite, threads, HTTP. */
const OF_HUB = 'packages/hub/test/(ingest|own|query|series|serve|store/sqlite-(files|processes))'

/** The packages that run in users' processes, on any supported Node.js, and the hub, which needs a newer 22. */
const RUNS = [
  ...OTHER_NODES.map((version) => ({ version, projects: ['core', 'fastify', 'express', 'koa', 'otel'] })),
  ...['22.16.0', OTHER_NODES.at(-1)].map((version) => ({ version, projects: ['hub'], tests: [OF_HUB] })),
]

const failed = RUNS.filter(({ version, projects, tests = [] }) => {
  console.log(`> Running Jest of ${projects.join(', ')} on Node.js ${version}`)
  // The list of projects ends at the next option, so the given arguments come first.
  const asked = [...process.argv.slice(2), ...tests, ...reportTo(`node-${version}-${projects[0]}`)]
  const { status } = spawnSync(pathOfNode(version), [...jest, ...asked, '--selectProjects', ...projects], {
    stdio: 'inherit',
  })
  return status !== 0
})

if (failed.length > 0)
  console.error(
    `! Failed on ${failed.map(({ version, projects }) => `Node.js ${version} (${projects[0]})`).join(', ')}`,
  )
process.exit(failed.length > 0 ? 1 : 0)
