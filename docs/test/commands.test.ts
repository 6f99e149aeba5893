import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'

import { allPages, type Block, blocksOf, ROOT } from '../src/pages.ts'

/** What is no program is held to what its language says is right. */

const pages = allPages()
const blocksIn = (...languages: string[]) => pages.flatMap((page) => blocksOf(page, languages)).map(named)

function named(block: Block): readonly [string, Block] {
  return [`${block.page.path}:${block.line}`, block]
}

const manifests = readdirSync(`${ROOT}packages`)
  .map((name) => `${ROOT}packages/${name}/package.json`)
  .filter((file) => existsSync(file))
  .map((file): { name: string; private?: boolean } => JSON.parse(readFileSync(file, 'utf8')))
const published = manifests.filter((manifest) => manifest.private !== true).map(({ name }) => name)

const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { scripts: object }

/** The commands of a block, without their comments, continued lines joined, variables in front left out. */
function commandsOf({ code }: Block): readonly string[] {
  return code
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((line) =>
      line
        .replace(/(?:^|\s)#.*$/, '')
        .replace(/^\$ /, '')
        .trim(),
    )
    .flatMap((line) => line.split(/\s(?:&&|\|)\s/))
    .map((command) => command.replace(/^(?:[A-Z_]+=\S+\s+)+/, ''))
    .filter(Boolean)
}

/** What is wrong with a command that we can know; `undefined`: nothing. */
function problemWith(command: string, page: string): string | undefined {
  const script = /^(?:npx -y pnpm@12|pnpm) (?:run )?(?<script>[\w:-]+)/.exec(command)?.groups?.script
  if (script && !Object.hasOwn(scripts, script) && !['install', 'exec', 'add'].includes(script))
    return `there is no script ${script}`
  for (const [name] of command.matchAll(/(?<=^npm (?:i|install)\b.*)@sightline\/[\w-]+/g))
    if (!published.includes(name)) return `there is no package ${name}`
  for (const [, entry] of command.matchAll(/--(?:import|require)[ =](@sightline\/\S+)/g))
    if (entry && !resolves(entry)) return `there is no entry ${entry}`
  const file = /^(?:node|bash|sh)(?: --?\S+(?=.*\s\S))* (?<file>[\w./-]+\/[\w./-]+)$/.exec(command)?.groups
    ?.file
  if (file && ![ROOT, `${ROOT}${dirname(page)}/`].some((folder) => existsSync(`${folder}${file}`)))
    return `there is no file ${file}`
  return undefined
}

function resolves(entry: string): boolean {
  const [scope, name, ...rest] = entry.split('/')
  const manifest = `${ROOT}packages/${name}/package.json`
  if (scope !== '@sightline' || !existsSync(manifest)) return false
  const { exports } = JSON.parse(readFileSync(manifest, 'utf8')) as { exports: object }
  return Object.hasOwn(exports, ['.', ...rest].join('/'))
}

test.each(blocksIn('sh', 'bash', 'console'))('%s has commands that exist', (_, block) => {
  expect(
    commandsOf(block)
      .map((command) => problemWith(command, block.page.path))
      .filter(Boolean),
  ).toEqual([])
})

test('a command that does not exist is a problem', () => {
  expect(problemWith('npx -y pnpm@12 nonsense', 'README.md')).toContain('nonsense')
  expect(problemWith('npm install express @sightline/nonsense', 'README.md')).toContain('@sightline/nonsense')
  expect(problemWith('node --import @sightline/otel/nonsense app.js', 'README.md')).toContain('nonsense')
  expect(problemWith('bash .ci/nonsense', 'README.md')).toContain('.ci/nonsense')
  expect(problemWith('bash .ci/run', 'README.md')).toBeUndefined()
})

test.each(blocksIn('json', 'yaml', 'yml'))('%s can be parsed', (_, { code, language }) => {
  expect(() => (language === 'json' ? JSON.parse(code) : parse(code))).not.toThrow()
})

describe('queries', () => {
  test.each(blocksIn('promql'))('%s are understood by Prometheus', (_, { code }) => {
    const folder = mkdtempSync(join(tmpdir(), 'sightline-docs-'))
    try {
      const rules = code
        .split('\n')
        .filter((line) => line.trim() !== '' && !line.startsWith('#'))
        .map((expr, i) => ({ record: `documented:query${i}`, expr }))
      writeFileSync(`${folder}/rules.yaml`, JSON.stringify({ groups: [{ name: 'documented', rules }] }))
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', `${folder}/rules.yaml`], {
        encoding: 'utf8',
      })
      expect({ status, output: `${stdout}${stderr}` }).toMatchObject({ status: 0 })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
