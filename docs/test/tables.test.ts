import { globSync, readFileSync } from 'node:fs'

import { expect, test } from '@jest/globals'

import { allPages, pageAt, ROOT } from '../src/pages.ts'
import { saysTheSame, withTables } from '../src/tables.ts'

const pages = allPages().filter(({ text }) => /^<!-- options:/m.test(text))

test('tables of options stand on one page, to which the others link', () => {
  expect(pages.map(({ path }) => path)).toEqual(['docs/options.md'])
  for (const name of ['core', 'express', 'fastify', 'koa', 'otel', 'testing'])
    expect(pageAt(`packages/${name}/README.md`).text).toContain('](../../docs/options.md')
})

// A failure means: run `pnpm tables`, and commit what it writes.
test.each(pages)('$path has the options that the types have', ({ text }) => {
  const current = withTables(text)
  if (!saysTheSame(text, current)) expect(text).toBe(current)
})

test('docs/options.md names every variable that the sources read, and no other', () => {
  // The variables of the command line are on the page of the hub.
  const files = globSync('packages/*/src/**/*.ts', { cwd: ROOT, exclude: ['packages/sightline/**'] })
  const sources = files.map((file) =>
    // An old name is read to be refused, and is told in docs/upgrading.md.
    readFileSync(`${ROOT}${file}`, 'utf8').replace(/renamedIn\(env, '\w+'/g, ''),
  )
  const read = new Set(sources.flatMap((source) => source.match(/(?<=')SIGHTLINE_[A-Z_]+(?=')/g) ?? []))
  const told = new Set(pageAt('docs/options.md').text.match(/SIGHTLINE_[A-Z_]+/g))
  expect([...told].toSorted()).toEqual([...read].toSorted())
})
