import { readFileSync } from 'node:fs'

import { describe, expect, it } from '@jest/globals'

const MIGRATIONS = ['express-prom-bundle', 'fastify-metrics', 'prom-client', 'pino-http', 'cls-rtracer']

const textOf = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')

describe.each(MIGRATIONS)('the page on %s', (migration) => {
  const page = textOf(`../../../docs/migrate-from-${migration}.md`)
  const differences = [...page.matchAll(/```diff\n(.*?)```/gs)].map(({ index, 1: block = '' }) => ({
    line: page.slice(0, index).split('\n').length + 1,
    lines: block.trimEnd().split('\n'),
  }))

  it('shows first what all is different between its two programs', () => {
    expect(differences[0]?.lines.length).toBeGreaterThan(5)
  })

  it.each(differences)('shows from line $line on what its two programs have', ({ lines }) => {
    const shown = (sign: string) =>
      lines.filter((line) => line.startsWith(sign) || line.startsWith(' ')).map((line) => line.slice(1))
    expect(missing(shown('-'), textOf(`../${migration}/before.ts`))).toEqual([])
    expect(missing(shown('+'), textOf(`../${migration}/after.ts`))).toEqual([])
  })
})

/** The lines that a program lacks, or has in another order. Further lines are allowed. */
function missing(lines: readonly string[], program: string): string[] {
  const left = program.split('\n')
  return lines.filter((line) => {
    const at = left.indexOf(line)
    left.splice(0, at + 1)
    return at < 0
  })
}
