import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'

import { allPages, ROOT } from './pages.ts'
import { takeSamples, withSamples } from './samples.ts'

/** Writes the samples of output anew, wherever a page has one: `pnpm samples`. */
const samples = await takeSamples()
for (const { path, text } of allPages()) {
  const current = withSamples(text, samples)
  if (text === current) continue
  writeFileSync(`${ROOT}${path}`, current)
  execFileSync('oxfmt', [path], { cwd: ROOT })
  process.stdout.write(`> Wrote the samples of ${path}\n`)
}
