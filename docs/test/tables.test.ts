import { expect, test } from '@jest/globals'

import { allPages } from '../src/pages.ts'
import { saysTheSame, withTables } from '../src/tables.ts'

const pages = allPages().filter(({ text }) => text.includes('<!-- options:'))

test('there are pages with tables of options', () => {
  expect(pages.map(({ path }) => path)).toContain('docs/options.md')
})

// A failure means: run `pnpm tables`, and commit what it writes.
test.each(pages)('$path has the options that the types have', ({ text }) => {
  const current = withTables(text)
  if (!saysTheSame(text, current)) expect(text).toBe(current)
})
