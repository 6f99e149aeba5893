import { spawnSync } from 'node:child_process'

import { jest, reportTo } from './jest.mjs'

/** Runs what others hold implementations to, and what is made of the ecosystem's usual parts. */

const args = ['--config', 'foreign/jest.config.js', ...process.argv.slice(2), ...reportTo('foreign')]
const { status } = spawnSync(process.execPath, [...jest, ...args], { stdio: 'inherit' })
process.exit(status ?? 1)
