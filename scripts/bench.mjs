import { spawnSync } from 'node:child_process'

import { ensureDebianPackages } from './debian.mjs'

/** Measures the packages as built and published. */

ensureDebianPackages([{ name: 'wrk', program: 'wrk', purpose: 'the load of the benchmark' }])

run('turbo', ['run', 'build', '--filter=./packages/*'])
run(process.execPath, ['bench/src/main.ts', ...process.argv.slice(2)])

function run(command, args) {
  const { status } = spawnSync(command, args, { stdio: ['inherit', 'inherit', 'inherit'] })
  if (status !== 0) process.exit(status ?? 1)
}
