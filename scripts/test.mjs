import { spawnSync } from 'node:child_process'

import { buildDashboard } from '../packages/dashboard/build.ts'
import { ensureDebianPackages, PACKAGES_OF_SUITES } from './debian.mjs'
import { jest, reportTo } from './jest.mjs'

ensureDebianPackages(PACKAGES_OF_SUITES)

const args = [...process.argv.slice(2), ...reportTo('test')]

console.log(`> Running Jest on Node.js ${process.versions.node}, straight from the sources`)
if (Number.parseInt(process.versions.node) < 24) {
  console.error('! Tests expect Node.js 24: the workspace brings it along for Linux on x64 and arm64 only.')
}
// Test files run side by side: the pages are built once, before them.
await buildDashboard()

const { status } = spawnSync(process.execPath, [...jest, ...args], { stdio: 'inherit' })
process.exit(status ?? 1)
