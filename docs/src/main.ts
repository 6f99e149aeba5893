import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'

import { allPages, ROOT } from './pages.ts'
import { saysTheSame, withTables } from './tables.ts'

/** Regenerates the option tables in all pages: `pnpm tables`. */
for (const { path, text } of allPages()) {
  const current = withTables(text)
  if (saysTheSame(text, current)) continue
  writeFileSync(`${ROOT}${path}`, current)
  execFileSync('oxfmt', [path], { cwd: ROOT })
  process.stdout.write(`> Wrote the tables of ${path}\n`)
}
