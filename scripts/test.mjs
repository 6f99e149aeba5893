import { spawnSync } from 'node:child_process'

import { ensureDebianPackages } from './debian.mjs'
import { jest, reportTo } from './jest.mjs'

/** What suites need beyond npm packages. */
const debianPackages = [
  { name: 'prometheus', program: 'promtool', purpose: 'the suites that hand our metrics to Prometheus' },
  { name: 'postgresql', program: 'pg_ctlcluster', purpose: 'the suites that kill a real PostgreSQL' },
  { name: 'redis-server', program: 'redis-server', purpose: 'the suites that freeze a real Redis' },
  { name: 'openssl', program: 'openssl', purpose: 'the suites that make certificates' },
]

ensureDebianPackages(debianPackages)

const args = [...process.argv.slice(2), ...reportTo('test')]

console.log(`> Running Jest on Node.js ${process.versions.node}, straight from the sources`)
if (Number.parseInt(process.versions.node) < 24) {
  console.error('! Tests expect Node.js 24: the workspace brings it along for Linux on x64 and arm64 only.')
}
const { status } = spawnSync(process.execPath, [...jest, ...args], { stdio: 'inherit' })
process.exit(status ?? 1)
