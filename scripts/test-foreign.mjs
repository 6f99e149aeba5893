import { spawnSync } from 'node:child_process'

import { jest, reportTo } from './jest.mjs'

/** Runs third-party conformance suites, and applications made of popular packages. */

const args = ['--config', 'foreign/jest.config.js', ...process.argv.slice(2), ...reportTo('foreign')]
const { status } = spawnSync(process.execPath, [...jest, ...args], { stdio: 'inherit' })
process.exit(status ?? 1)
