import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

import { installedProject, ownEnvironment, type Project } from './project.ts'
import { freePort, visit } from './service.ts'

const TOOLS = [
  'esbuild@0.27',
  'webpack@5',
  'webpack-cli@6',
  'rollup@4',
  '@rollup/plugin-node-resolve@16',
  '@rollup/plugin-commonjs@29',
  '@rollup/plugin-json@6',
  'tsup@8',
  'tsx@4',
  'ts-node@10',
  // The last version with a compiler API, which tsup and ts-node need.
  'typescript@5',
]

/** Lets CommonJS packages call `require` in a bundle of ES modules. */
const REQUIRE = `--banner:js=import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);`
const ESBUILD = 'esbuild app.mjs options.mjs --bundle --platform=node --log-level=error'
/** The input file comes first, since `--silent` takes the word after it as its value. */
const ROLLUP = 'rollup app.mjs -p node-resolve -p commonjs -p json --silent'

/** Each bundler's command, and its bundle of `app.mjs`, which needs no `node_modules`. */
const BUNDLERS: ReadonlyArray<readonly [what: string, command: readonly string[], bundle: string]> = [
  ['esbuild to CommonJS', words(`${ESBUILD} --format=cjs --outdir=cjs`), 'cjs/app.js'],
  [
    'esbuild to CommonJS for es2017',
    words(`${ESBUILD} --format=cjs --target=es2017 --outdir=es2017`),
    'es2017/app.js',
  ],
  [
    'esbuild to small CommonJS that keeps names',
    words(`${ESBUILD} --format=cjs --minify --keep-names --outdir=small`),
    'small/app.js',
  ],
  [
    'esbuild to ES modules',
    [...words(`${ESBUILD} --format=esm --out-extension:.js=.mjs --outdir=esm`), REQUIRE],
    'esm/app.mjs',
  ],
  [
    'webpack',
    words('webpack --target node --mode production --entry ./app.mjs -o webpack --output-filename app.cjs'),
    'webpack/app.cjs',
  ],
  ['rollup to CommonJS', words(`${ROLLUP} -f cjs -o rollup/app.cjs`), 'rollup/app.cjs'],
  ['rollup to ES modules', words(`${ROLLUP} -f es -o rollup/app.mjs`), 'rollup/app.mjs'],
]

/** Programs that run TypeScript without a standalone bundle. */
const RUNNERS: ReadonlyArray<readonly [what: string, args: readonly string[]]> = [
  ['tsx', ['--import', 'tsx', 'app.mts']],
  ['ts-node', ['--require', 'ts-node/register/transpile-only', 'app.cts']],
]

const WELL = { id: 'from-outside', status: 200, complaints: '', code: 0, signal: null }

let project: Project
/** The folder of the bundles, without any package. */
let alone: string

beforeAll(async () => {
  project = await installedProject('bundled', TOOLS)
  for (const type of ['mts', 'cts'])
    copyFileSync(`${project.folder}/app.mjs`, `${project.folder}/app.${type}`)
  alone = mkdtempSync(join(tmpdir(), 'sightline-bundle-'))
}, 600_000)
afterAll(async () => {
  rmSync(alone, { recursive: true })
  await project[Symbol.asyncDispose]()
})

function words(command: string): readonly string[] {
  return command.split(' ')
}

function built([tool = '', ...args]: readonly string[], bundle: string): string {
  const bin = join(project.folder, 'node_modules', '.bin', tool)
  execFileSync(bin, args, { cwd: project.folder, env: ownEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] })
  const [folder = ''] = bundle.split('/')
  cpSync(join(project.folder, folder), join(alone, folder), { recursive: true })
  return bundle
}

async function serves(args: readonly string[], folder: string): Promise<void> {
  const PROBES = await freePort()
  const { metrics, lines, live, ...rest } = await visit(process.execPath, args, folder, { PROBES })
  expect(rest).toEqual(WELL)
  expect(live).toBe('{"status":"healthy"}\n')
  expect(metrics).toContain('http_requests_total{method="GET",route="/orders/:id",status="200"} 1')
  expect(lines).toContainEqual(expect.objectContaining({ request_id: 'from-outside', msg: 'in the handler' }))
}

async function isKilledInTime(args: readonly string[], folder: string): Promise<void> {
  const variables = { PROBES: await freePort(), BLOCKS: 'true', DEADLINE: '1000' }
  const { signal, complaints } = await visit(process.execPath, args, folder, variables)
  expect(signal).toBe('SIGKILL')
  expect(JSON.parse(complaints)).toMatchObject({
    service: 'orders',
    hook: 'blocks',
    msg: 'killed at the deadline: this shutdown hook was still running',
  })
}

describe.each(BUNDLERS)('a service bundled by %s', (_, command, bundle) => {
  test('starts, serves, answers probes from a thread and ends, without a package beside it', async () => {
    await serves([built(command, bundle)], alone)
  }, 240_000)

  test('is killed at its deadline, with the line that says why, where a hook blocks', async () => {
    await isKilledInTime([bundle], alone)
  }, 120_000)
})

describe.each(['cjs/options.js', 'esm/options.mjs'])(
  'options whose means are not in a bundle, %s',
  (bundle) => {
    test('fall back with one warning each', () => {
      const out = execFileSync(process.execPath, [bundle], {
        cwd: alone,
        env: ownEnvironment(),
        encoding: 'utf8',
      })
      const lines = out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { level: string; msg: string })
      expect(lines.map(({ level, msg }) => `${level} ${msg}`)).toEqual([
        'warn sightline: option log.pretty failed; further failures of it are not logged',
        'warn sightline: option log.caller failed; further failures of it are not logged',
        'info started',
      ])
    })
  },
)

describe.each(RUNNERS)('a service run by %s', (_, args) => {
  test('starts, serves, answers probes from a thread and ends', async () => {
    await serves(args, project.folder)
  }, 120_000)

  test('is killed at its deadline, with the line that says why, where a hook blocks', async () => {
    await isKilledInTime(args, project.folder)
  }, 120_000)
})

test('tsup makes a service that starts, serves, answers probes and ends beside its packages', async () => {
  execFileSync(
    join(project.folder, 'node_modules', '.bin', 'tsup'),
    words('app.mts --format cjs,esm --no-config --silent'),
    { cwd: project.folder, env: ownEnvironment() },
  )
  await serves(['dist/app.js'], project.folder)
  await serves(['dist/app.mjs'], project.folder)
}, 240_000)
