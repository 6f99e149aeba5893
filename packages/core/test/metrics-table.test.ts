import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { expect, it } from '@jest/globals'

import { documentedRows, type Row } from './metrics-table/table.ts'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

/** What a kernel or a container may not tell of. */
const DEPENDS_ON_MACHINE = /^(?:process_cgroup|system|process_(?:open|max)_fds)/

it('docs/metrics.md tells of each metric that there is, with its type, labels and unit, and of no other', () => {
  const scraped = JSON.parse(
    execFileSync(
      process.execPath,
      [
        '--conditions=@sightline/source',
        '--experimental-strip-types',
        path('metrics-table/main.ts'),
        '--json',
      ],
      { encoding: 'utf8', env: { PATH: process.env.PATH } },
    ),
  ) as Row[]
  const documented = documentedRows(readFileSync(path('../../../docs/metrics.md'), 'utf8'))
  const names = (rows: readonly Row[]) =>
    [...new Set(rows.map(({ name }) => name))].filter((name) => !DEPENDS_ON_MACHINE.test(name)).toSorted()
  // Where this fails: pnpm metrics-table
  expect(names(documented)).toEqual(names(scraped))
  for (const row of scraped) {
    const shown = documented.find(
      ({ name, labels }) => name === row.name && (!row.labels || String(labels) === String(row.labels)),
    )
    expect(shown).toEqual({ ...row, labels: row.labels ?? shown?.labels })
  }
})
