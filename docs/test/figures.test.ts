import { expect, test } from '@jest/globals'
import { toString } from 'mdast-util-to-string'

import { nodesOf, pageAt } from '../src/pages.ts'

/** The README repeats figures of docs/benchmarks.md, which `pnpm bench` writes. */

const rows = nodesOf(pageAt('docs/benchmarks.md'), 'tableRow').map(({ children }) =>
  children.map((cell) => toString(cell)),
)
const readme = pageAt('README.md').text

/** The same column of each row that begins with these cells. */
function column(index: number, ...cells: readonly string[]): readonly string[] {
  const found = rows.filter((row) => cells.every((cell, i) => row[i] === cell))
  if (found.length === 0) throw new Error(`docs/benchmarks.md has no row ${cells.join(', ')}`)
  return found.flatMap((row) => row[index] ?? [])
}

test.each([
  ['everything', 'Sightline, everything, 10 % sampled'],
  ['the stack that it replaces', 'fair stack, one span, 10 % sampled'],
])('the README has the CPU time of %s as it was measured', (_, variant) => {
  const [fastify, express, koa] = column(1, variant)
  expect(readme).toContain(`${fastify} µs on Fastify, ${express} µs on Express and ${koa} µs on Koa`)
})

test('the README has the stalls of a scrape as they were measured', () => {
  const [sightline] = column(3, '100,016', 'sightline')
  const [promClient] = column(3, '100,016', 'prom-client')
  expect(readme).toContain(
    `pauses the event loop for ${sightline} ms at most, prom-client for ${promClient} ms`,
  )
})
