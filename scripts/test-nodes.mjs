import { spawnSync } from 'node:child_process'

import { jest } from './jest.mjs'

/** The oldest Node.js that `engines` promises, and the newest. The one between them is what `pnpm test` runs on. */
const versions = ['22.15.0', '26.10.0']

/** What users load into their own process, whatever its Node.js is. */
const projects = ['core', 'fastify', 'express', 'koa', 'otel']

const failed = versions.filter((version) => {
  console.log(`> Running Jest of ${projects.join(', ')} on Node.js ${version}`)
  const node = ['-y', '-p', `node@${version}`, '--', 'node']
  const { status } = spawnSync(
    'npx',
    // The names of projects end where the next option begins: what is asked for comes before them.
    [...node, ...jest, ...process.argv.slice(2), '--selectProjects', ...projects],
    {
      stdio: 'inherit',
    },
  )
  return status !== 0
})

if (failed.length > 0) console.error(`! Failed on Node.js ${failed.join(' and ')}`)
process.exit(failed.length > 0 ? 1 : 0)
