import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, test } from '@jest/globals'

import { installedProject, ownEnvironment, type Project } from './project.ts'

const TOOLS = [
  'jest@30',
  'babel-jest@30',
  '@babel/core@7',
  '@babel/preset-env@7',
  'ts-jest@29',
  // The last version with a compiler API, which ts-jest needs.
  'typescript@5',
  '@swc/core@1',
  '@swc/jest@0.2',
  'vitest@4',
]

/** The configuration from the documentation for a Jest that compiles to CommonJS. */
const OURS_TOO = { transformIgnorePatterns: ['/node_modules/(?!@sightline/)'] }
const BABEL = ['babel-jest', { presets: [['@babel/preset-env', { targets: { node: 'current' } }]] }]
const TS_JEST = [
  'ts-jest',
  {
    diagnostics: false,
    tsconfig: {
      allowJs: true,
      module: 'commonjs',
      moduleResolution: 'node10',
      target: 'es2022',
      esModuleInterop: true,
    },
  },
]
const VM_MODULES = '--experimental-vm-modules'

let project: Project

beforeAll(async () => {
  project = await installedProject('runners', TOOLS)
  const text = readFileSync(join(project.folder, 'orders.mjs'), 'utf8')
  const required = text.replace(/^import (.+) from (.+)$/gm, 'const $1 = require($2)')
  writeFileSync(join(project.folder, 'orders.cjs'), required)
  writeFileSync(join(project.folder, 'orders.js'), text)
  writeFileSync(join(project.folder, 'orders.ts'), `// @ts-nocheck\n${text}`)
}, 600_000)
afterAll(async () => project[Symbol.asyncDispose]())

/** Runs Jest in a project with this configuration. */
function jest(file: string, config: object, flags: readonly string[] = []) {
  const configuration = JSON.stringify({ testMatch: [`**/${file}`], ...config })
  const args = [...flags, join(project.folder, 'node_modules/jest/bin/jest.js'), '--config', configuration]
  return run(args)
}

function run(args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: project.folder,
    env: ownEnvironment({ NO_COLOR: '1' }),
    encoding: 'utf8',
  })
  return { status, output: stdout + stderr }
}

test.each<readonly [string, string, object, readonly string[]]>([
  ['Jest, CommonJS without a transform', 'orders.cjs', { transform: {} }, [VM_MODULES]],
  ['Jest, its own default', 'orders.cjs', { moduleFileExtensions: ['cjs', 'js', 'json'] }, [VM_MODULES]],
  ['Jest, ES modules', 'orders.mjs', { transform: {} }, [VM_MODULES]],
  ['babel-jest', 'orders.js', { ...OURS_TOO, transform: { '\\.[jt]s$': BABEL } }, []],
  ['@swc/jest', 'orders.ts', { ...OURS_TOO, transform: { '\\.[jt]s$': ['@swc/jest'] } }, []],
  ['ts-jest', 'orders.ts', { ...OURS_TOO, transform: { '\\.[jt]s$': TS_JEST } }, []],
])(
  'a suite passes under %s, and its process ends by itself',
  (_, file, config, flags) => {
    const { status, output } = jest(file, config, flags)
    expect({ status, output }).toEqual({ status: 0, output: expect.stringContaining('1 passed') })
    expect(output).not.toContain('did not exit')
  },
  120_000,
)

test('a suite passes under Vitest', () => {
  writeFileSync(join(project.folder, 'orders.test.mjs'), readFileSync(join(project.folder, 'orders.mjs')))
  const args = [join(project.folder, 'node_modules/vitest/vitest.mjs'), 'run', '--globals', 'orders.test.mjs']
  expect(run(args)).toEqual({ status: 0, output: expect.stringContaining('1 passed') })
}, 120_000)

test('Jest without the flag says which one is missing', () => {
  const { status, output } = jest('orders.cjs', { transform: {} })
  expect({ status, output }).toEqual({
    status: 1,
    output: expect.stringContaining('Must use import to load ES Module'),
  })
}, 120_000)
