import { existsSync, readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Every package and app that has tests is a project of its own, named after its folder; so are the other parts of the
 * workspace. Not those apps that are made to be copied out: they bring their tests along, which need nothing but Node.js,
 * and are run by the suite of `apps/demo`.
 */
const folders = [
  ...['packages', 'apps'].flatMap((parent) =>
    existsSync(parent) ? readdirSync(parent).map((name) => `${parent}/${name}`) : [],
  ),
  'deploy',
  'examples/frameworks',
  'bench',
  'examples/migrations',
  'docs',
  'browser',
]

/** What is made to be copied out. */
const templates = ['apps/demo-express', 'apps/demo-fastify', 'apps/demo-koa']

/** What all projects have in common. */
export const project = (folder) => ({
  displayName: basename(folder),
  rootDir: folder,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testEnvironment: fileURLToPath(import.meta.resolve('./jest.environment.js')),
  // Workspace packages resolve to their TypeScript sources: nothing has to be built before a test.
  testEnvironmentOptions: { customExportConditions: ['@sightline/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  // Fastify's inject requires this one, and it is an ES module: Jest can do that only on Node.js 24.9 and later.
  transformIgnorePatterns: ['/node_modules/(?!(?:\\.pnpm/cookie@\\d[^/]*/node_modules/)?cookie/)'],
  transform: {
    '/node_modules/cookie/.*\\.js$': ['@swc/jest', { swcrc: false, module: { type: 'commonjs' } }],
    '\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'es6' },
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { decoratorVersion: '2022-03' },
        },
      },
    ],
  },
})

export default {
  // Many tests start processes, and a busy machine takes its time. Whoever waits for something has a deadline of its own.
  testTimeout: 120_000,
  // A test that fails may leave a server behind, and the run has to end all the same.
  forceExit: true,
  maxWorkers: '100%',
  testSequencer: fileURLToPath(import.meta.resolve('./jest.sequencer.js')),
  projects: folders
    .filter((folder) => existsSync(`${folder}/test`) && !templates.includes(folder))
    .map(project),
}
