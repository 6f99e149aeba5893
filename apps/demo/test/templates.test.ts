import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { expect, test } from '@jest/globals'

const run = promisify(execFile)

const TEMPLATES = ['demo-express', 'demo-fastify', 'demo-koa'] as const
const LONG = 300_000

const folderOf = (template: string) => fileURLToPath(new URL(`../../${template}/`, import.meta.url))

test.each(TEMPLATES)(
  '%s passes its own tests, which need nothing but Node.js',
  async (template) => {
    // Jest's own variables would make the child believe that it runs in another test runner.
    const { NODE_ENV: _, JEST_WORKER_ID: __, NODE_TEST_CONTEXT: ___, ...env } = process.env
    const flags = ['--conditions=@sightline/source', '--test', '--test-reporter=tap']
    const files = ['test/*.test.ts']
    // Rejects with the output of a failing test.
    const { stdout } = await run(process.execPath, [...flags, ...files], { cwd: folderOf(template), env })
    expect(stdout).toMatch(/^# pass \d\d+$/m)
    expect(stdout).toMatch(/^# fail 0$/m)
  },
  LONG,
)

/** Templates stand alone and cannot share code, so these files must stay identical in all of them. */
test.each(['src/storage', 'test/storage.ts', 'test/storage.test.ts', 'tsconfig.json', '.dockerignore'])(
  'all have the same %s',
  async (path) => {
    const [first, ...others] = await Promise.all(
      TEMPLATES.map((template) => contentOf(folderOf(template) + path)),
    )
    for (const other of others) expect(other).toEqual(first)
  },
)

/** The text of a file, or the texts of all files in a folder by name. */
async function contentOf(path: string): Promise<unknown> {
  if (/\.\w+$/.test(path)) return readFile(path, 'utf8')
  const names = await readdir(path)
  const texts = names.map(async (name) => [name, await readFile(`${path}/${name}`, 'utf8')] as const)
  return Object.fromEntries(await Promise.all(texts))
}
