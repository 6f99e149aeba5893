import { spawnSync } from 'node:child_process'
import { copyFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

import { installedProject, ownEnvironment, type Project } from './project.ts'
import { collector, visit } from './service.ts'

const nodes = JSON.parse(process.env['NODES'] ?? '[]') as ReadonlyArray<readonly [string, string]>
const tsc = fileURLToPath(new URL('../node_modules/.bin/tsc', import.meta.url))

const FRAMEWORKS = ['fastify', 'express', 'koa']
const programs = FRAMEWORKS.flatMap((framework) => [`${framework}.mjs`, `${framework}.cjs`])

let project: Project

beforeAll(async () => {
  project = await installedProject()
}, 300_000)
afterAll(async () => project[Symbol.asyncDispose]())

test('there are three versions of Node.js to try, and packages to install', () => {
  expect(nodes.map(([version]) => Number.parseInt(version))).toEqual([22, 24, 26])
  expect(project.packages).toEqual(expect.arrayContaining(['@sightline/core', '@sightline/fastify']))
})

describe.each(nodes)('Node.js %s', (version, node) => {
  test.each(programs)('%s serves, counts, logs and ends', async (program) => {
    const { id, status, metrics, lines, complaints, code } = await visit(node, [program], project.folder)
    expect({ id, status, complaints, code }).toEqual({
      id: 'from-outside',
      status: 200,
      complaints: '',
      code: 0,
    })
    expect(metrics).toContain('http_requests_total{method="GET",route="/orders/:id",status="200"} 1')
    expect(metrics).toContain(`node="v${version}"`)
    const carried = { service: 'orders', request_id: 'from-outside' }
    expect(lines).toContainEqual(expect.objectContaining({ ...carried, msg: 'in the handler' }))
    expect(lines).toContainEqual(expect.objectContaining({ ...carried, route: '/orders/:id', status: 200 }))
  })

  test.each([
    ['--import', 'express.mjs'],
    ['--require', 'express.cjs'],
    ['--import', 'fastify.mjs'],
    ['--require', 'koa.cjs'],
  ])('node %s @sightline/otel/register %s exports the span of a request', async (flag, program) => {
    await using otlp = await collector()
    const args = [flag, '@sightline/otel/register', program]
    const { code } = await visit(node, args, project.folder, {
      OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'none',
    })
    expect(code).toBe(0)
    expect(otlp.bodies).toContainEqual(expect.stringMatching(/^\/v1\/traces .*"GET \/orders\/:id"/s))
    expect(otlp.bodies).toContainEqual(expect.stringMatching(/^\/v1\/logs .*in the handler/s))
    expect(otlp.bodies).toContainEqual(expect.stringMatching(/^\/v1\/metrics .*http[._]/s))
  })

  test('every entry of every package can be imported and required', () => {
    const program = `
      const { createRequire } = require('node:module')
      for (const name of ${JSON.stringify(project.packages)}) {
        const { exports } = require(name + '/package.json')
        for (const entry of Object.keys(exports)) {
          const path = name + entry.slice(1)
          // Starts when it is loaded, and has its own tests.
          if (path.endsWith('/register')) continue
          const required = require(path)
          const options = path.endsWith('.json') ? { with: { type: 'json' } } : {}
          import(path, options).then((imported) => console.log(path, Object.keys(imported).length > 0, typeof required))
        }
      }`
    const { stdout, stderr, status } = spawnSync(node, ['--eval', program], {
      cwd: project.folder,
      env: ownEnvironment(),
      encoding: 'utf8',
    })
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
    // The command line has nothing to import.
    const libraries = project.packages.filter((name) => name !== 'sightline')
    for (const name of libraries) expect(stdout).toContain(`${name} true object`)
  })
})

describe.each([
  { module: 'nodenext', moduleResolution: 'nodenext' },
  { module: 'preserve', moduleResolution: 'bundler' },
])('TypeScript with moduleResolution $moduleResolution', (resolution) => {
  const compile = (files: readonly string[]) => {
    const compilerOptions = {
      ...resolution,
      target: 'es2022',
      lib: ['es2024'],
      types: ['node'],
      strict: true,
      noEmit: true,
      skipLibCheck: false,
    }
    const config = `${project.folder}/tsconfig.${resolution.moduleResolution}.json`
    writeFileSync(config, JSON.stringify({ compilerOptions, files }))
    const { stdout, status } = spawnSync(tsc, ['-p', config], { cwd: project.folder, encoding: 'utf8' })
    // Third-party declarations may contain errors. Ours are checked, with the third-party types in them.
    const errors = stdout
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('node_modules/@types/'))
    return { errors, status }
  }

  test('knows the types and refuses what is wrong, in a CommonJS module and in an ES module', () => {
    copyFileSync(`${project.folder}/types.ts`, `${project.folder}/types-as-esm.mts`)
    expect(compile(['types.ts', 'types-as-esm.mts'])).toMatchObject({ errors: [] })
  })

  test('would say so if a type were not found', () => {
    writeFileSync(`${project.folder}/wrong.ts`, `import { nothing } from '@sightline/core'\nnothing()\n`)
    const { errors, status } = compile(['wrong.ts'])
    expect(errors.join()).toContain("has no exported member 'nothing'")
    expect(status).not.toBe(0)
  })
})
