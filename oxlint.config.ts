import { defineConfig, type OxlintConfig } from 'oxlint'

/** Which of our packages each package may import. What is not here is an error. */
const arrows: Record<string, string[]> = {
  delivery: [],
  otlp: [],
  promql: [],
  secrets: [],
  core: ['secrets'],
  fastify: ['core'],
  express: ['core'],
  koa: ['core'],
  conformance: ['core', 'otel', 'servers'],
  servers: [],
  otel: ['core', 'delivery', 'otlp'],
  statsd: ['core', 'delivery'],
  'log-http': ['core', 'delivery'],
  elastic: ['core', 'delivery'],
  sentry: ['core', 'delivery'],
  alerts: ['delivery'],
  hub: ['alerts', 'promql', 'delivery', 'otlp', 'secrets'],
  dashboard: [],
  sightline: ['hub'],
  testing: ['core'],
}

/** What a package's tests may import besides. */
const testArrows: Record<string, string[]> = {
  core: ['servers'],
  otlp: ['servers'],
  fastify: ['conformance'],
  express: ['conformance'],
  koa: ['conformance'],
  otel: ['servers'],
  testing: ['fastify', 'express', 'koa'],
  promql: ['servers'],
  dashboard: ['promql'],
  hub: ['core', 'otel', 'servers'],
}

/** Neither by name nor by path: a package is what its `exports` say. */
const noDeepImports = [
  {
    regex: '^@sightline/[^/]+/(?:src|dist)(?:/|$)',
    message: 'Import the package itself: its sources are its own.',
  },
  {
    regex: '^(?:\\.\\.?/)+(?:[^./][^/]*/)+(?:src|dist)/',
    message: 'Import the package by its name: its sources are its own.',
  },
]

/**
 * The rooms of core, each with the rooms that it may import from, types included. All of them may import `seam.ts`, and the
 * files beside it (`taps.ts`, `sightline.ts` and the entries) any room.
 */
const rooms: Record<string, string[]> = {
  options: [],
  record: [],
  printing: ['record'],
  requirements: [],
  series: ['options'],
  context: ['options', 'printing'],
  tracing: ['context', 'printing', 'record'],
  jobs: ['business', 'context', 'printing', 'series', 'tracing'],
  stdout: ['options', 'series'],
  pino: ['printing', 'stdout'],
  log: ['context', 'options', 'pino', 'printing', 'record', 'series', 'stdout'],
  request: ['context', 'options', 'printing', 'record', 'tracing'],
  access: [
    'context',
    'log',
    'options',
    'pino',
    'printing',
    'record',
    'request',
    'requirements',
    'series',
    'stdout',
    'tracing',
  ],
  lifecycle: ['context', 'stdout'],
  health: ['context', 'requirements', 'series', 'tracing'],
  outbound: ['context', 'record', 'series'],
  runtime: ['series'],
  workers: ['runtime', 'series'],
  business: ['context', 'options', 'requirements', 'series'],
  metrics: [
    'business',
    'context',
    'lifecycle',
    'options',
    'outbound',
    'record',
    'requirements',
    'runtime',
    'series',
    'workers',
  ],
  endpoints: [
    'context',
    'health',
    'lifecycle',
    'log',
    'metrics',
    'options',
    'record',
    'requirements',
    'series',
  ],
  probes: ['health', 'stdout'],
  settings: [
    'access',
    'context',
    'endpoints',
    'lifecycle',
    'log',
    'metrics',
    'options',
    'pino',
    'probes',
    'requirements',
  ],
  migrate: ['access', 'log', 'metrics', 'options', 'printing', 'requirements'],
  adapter: ['lifecycle', 'record', 'request'],
}

/** What the files of one room of core may not import by path. */
const otherRooms = (room: string, allowed: string[]) => {
  const refused = Object.keys(rooms).filter((each) => each !== room && !allowed.includes(each))
  return {
    regex: `^(?:\\.\\./)+(?:${refused.join('|')})/`,
    message: `The room ${room} of core imports only from ${['seam.ts', ...allowed].join(', ')} (see the rooms in oxlint.config.ts).`,
  }
}

const onlyFrom = (allowed: string[], more: Array<{ regex: string; message: string }> = []) => ({
  'no-restricted-imports': [
    'error',
    {
      patterns: [
        {
          group: ['@sightline/*', ...allowed.map((name) => `!@sightline/${name}`)],
          message:
            allowed.length > 0
              ? `Of our packages, only ${allowed.join(', ')} may be imported here (see the arrows in oxlint.config.ts).`
              : 'None of our packages may be imported here (see the arrows in oxlint.config.ts).',
        },
        ...noDeepImports,
        ...more,
      ],
    },
  ] as const,
})

/** Who may import whom: `check` asks for these alone, with `oxlint.arrows.config.ts`. */
export const imports = {
  ignorePatterns: ['**/dist/**'],
  rules: { 'no-restricted-imports': ['error', { patterns: noDeepImports }] },
  overrides: [
    // A package that has no arrows yet may import none of ours.
    { files: ['packages/*/src/**'], rules: onlyFrom([]) },
    ...Object.entries(arrows).flatMap(([name, allowed]) => [
      { files: [`packages/${name}/src/**`], rules: onlyFrom(allowed) },
      // A test may also import its own package, by the name its users give it.
      {
        files: [`packages/${name}/test/**`],
        rules: onlyFrom([name, ...allowed, ...(testArrows[name] ?? [])]),
      },
    ]),
    ...Object.entries(rooms).map(([room, allowed]) => ({
      files: [`packages/core/src/${room}/**`],
      rules: onlyFrom(['secrets'], [otherRooms(room, allowed)]),
    })),
  ],
} satisfies OxlintConfig

export default defineConfig({
  plugins: ['eslint', 'typescript', 'unicorn', 'oxc', 'import', 'node', 'promise', 'jest', 'jsx-a11y'],
  options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: 'error' },
  categories: { correctness: 'error', suspicious: 'error' },
  ignorePatterns: imports.ignorePatterns,
  rules: {
    ...imports.rules,
    'import/no-cycle': ['error', { ignoreTypes: false }],
    'typescript/ban-ts-comment': ['error', { 'ts-expect-error': 'allow-with-description' }],
    'typescript/no-explicit-any': 'error',
    'typescript/no-misused-promises': 'error',
    'unicorn/prefer-node-protocol': 'error',

    // What these forbid is right here: a closure's function passed on, a closure beside its only caller, other libraries' `_names`, control
    // characters in patterns that keep them out, Express 5 handlers that are async, callbacks called from promises,
    // a cast with its reason beside it, `=== true` for what a user's function really returned.
    'import/no-named-as-default': 'off',
    'import/no-named-as-default-member': 'off',
    'no-control-regex': 'off',
    'no-underscore-dangle': 'off',
    'oxc/no-async-endpoint-handlers': 'off',
    'promise/always-return': 'off',
    'promise/no-callback-in-promise': 'off',
    'typescript/consistent-return': 'off',
    'typescript/unbound-method': 'off',
    'typescript/no-unnecessary-boolean-literal-compare': 'off',
    'typescript/no-unsafe-type-assertion': 'off',
    'unicorn/consistent-function-scoping': 'off',

    // A suite may be a function that is given its names and its cases.
    'jest/expect-expect': 'off',
    'jest/no-conditional-expect': 'off',
    'jest/no-export': 'off',
    'jest/no-standalone-expect': 'off',
    'jest/valid-title': 'off',
  },
  overrides: [
    {
      // A test may say what it knows better than the types, and hand over what no one should.
      files: ['**/test/**', 'packages/conformance/**'],
      rules: {
        'typescript/no-base-to-string': 'off',
        'typescript/restrict-template-expressions': 'off',
        'typescript/unbound-method': 'off',
      },
    },
    {
      // A module of NestJS is a class for its decorator's sake, and its metadata an import for its side effect.
      files: ['examples/frameworks/nestjs/**', 'foreign/test/matrix/nest.ts'],
      rules: {
        'import/no-unassigned-import': ['error', { allow: ['reflect-metadata'] }],
        'typescript/no-extraneous-class': ['error', { allowWithDecorator: true }],
      },
    },
    {
      // What node:test returns is for tests within tests: it waits for its own.
      files: ['apps/demo-{express,fastify,koa}/test/**'],
      rules: {
        'typescript/no-floating-promises': [
          'error',
          { allowForKnownSafeCalls: [{ from: 'package', package: 'node:test', name: ['describe', 'test'] }] },
        ],
      },
    },
    {
      files: ['packages/*/src/**'],
      rules: {
        'import/no-default-export': 'error',
        'no-console': 'error',
        'typescript/no-non-null-assertion': 'error',
      },
    },
    ...imports.overrides,
    {
      // What is off here takes part of a page for a mistake: regions that scroll are Tab stops, options of a list box have no focus of their
      // own, cells get their text from components, and a role may be on an element that is styled. The suites in a browser run axe.
      files: ['packages/dashboard/src/**'],
      rules: {
        'jsx-a11y/click-events-have-key-events': 'off',
        'jsx-a11y/control-has-associated-label': 'off',
        'jsx-a11y/interactive-supports-focus': 'off',
        'jsx-a11y/no-noninteractive-element-interactions': 'off',
        'jsx-a11y/no-noninteractive-tabindex': 'off',
        'jsx-a11y/no-static-element-interactions': 'off',
        'jsx-a11y/prefer-tag-over-role': 'off',
      },
    },
    {
      // A page is loaded as the default of its module, and styles are imported for their effect.
      files: ['packages/dashboard/src/{main.tsx,pages/*/page.tsx}'],
      rules: {
        'import/no-default-export': 'off',
        'import/no-unassigned-import': ['error', { allow: ['**/*.css'] }],
      },
    },
    {
      // A plugin is its package's default export: `app.register(sightline)`.
      files: ['packages/{fastify,express,koa}/src/index.ts'],
      rules: { 'import/no-default-export': 'off' },
    },
  ],
})
