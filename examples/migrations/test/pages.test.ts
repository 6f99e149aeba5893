import { readFileSync } from 'node:fs'

import { expect, it } from '@jest/globals'

const MIGRATIONS = ['express-prom-bundle', 'fastify-metrics', 'prom-client', 'pino-http', 'cls-rtracer']

const textOf = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')

it.each(MIGRATIONS)('the page on %s shows what is different between its two programs', (migration) => {
  const page = textOf(`../../../docs/migrate-from-${migration}.md`)
  const difference = /```diff\n(.*?)```/s.exec(page)?.[1]?.trimEnd().split('\n') ?? []
  expect(difference.length).toBeGreaterThan(5)
  const shown = (sign: string) =>
    difference.filter((line) => line.startsWith(sign) || line.startsWith(' ')).map((line) => line.slice(1))
  expect(missing(shown('-'), textOf(`../${migration}/before.ts`))).toEqual([])
  expect(missing(shown('+'), textOf(`../${migration}/after.ts`))).toEqual([])
})

/** The lines that a program does not have, or not in this order. It may have others between them. */
function missing(lines: readonly string[], program: string): string[] {
  const left = program.split('\n')
  return lines.filter((line) => {
    const at = left.indexOf(line)
    left.splice(0, at + 1)
    return at < 0
  })
}
