import { spawnSync } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'

import { aptGet } from './apt-get.mjs'

/** Debian packages that suites need besides npm packages. */
export const PACKAGES_OF_SUITES = [
  { name: 'prometheus', program: 'promtool', purpose: 'the suites that hand our metrics to Prometheus' },
  { name: 'postgresql', program: 'pg_ctlcluster', purpose: 'the suites that kill a real PostgreSQL' },
  { name: 'redis-server', program: 'redis-server', purpose: 'the suites that freeze a real Redis' },
  { name: 'openssl', program: 'openssl', purpose: 'the suites that make certificates' },
  {
    name: 'chromium',
    program: 'chromium',
    // Text without a font has no width.
    besides: ['fonts-dejavu-core'],
    purpose: 'the suites that open the dashboard in a browser',
  },
]

const policy = '/usr/sbin/policy-rc.d'

/**
 * Ensures programs from Debian packages. As root it installs missing ones, otherwise it prints what is
 * missing and why it matters. Never throws: a suite reports its missing program itself.
 *
 * @param {ReadonlyArray<{ name: string, program: string, besides?: string[], purpose: string }>} packages
 */
export function ensureDebianPackages(packages) {
  const missing = packages.filter(({ program }) => spawnSync('which', [program]).status !== 0)
  if (missing.length === 0) return
  const names = missing.flatMap(({ name, besides = [] }) => [name, ...besides])

  const canInstall = process.getuid?.() === 0 && spawnSync('which', ['apt-get']).status === 0
  if (canInstall) {
    console.log(`> Installing from Debian: ${names.join(', ')}`)
    try {
      install(names)
      return
    } catch (error) {
      console.error(`> apt-get failed: ${error.message}`)
    }
  }
  for (const { name, program, purpose } of missing) {
    console.error(`! ${program} is missing: ${purpose} cannot run. Get it with: apt-get install ${name}`)
  }
}

/** Installs without starting the services of some packages. */
function install(names) {
  const ours = !existsSync(policy)
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    aptGet(['update'])
    aptGet(['-y', '--no-install-recommends', 'install', ...names])
  } finally {
    if (ours) rmSync(policy)
  }
}
