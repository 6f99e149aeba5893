import { readFileSync } from 'node:fs'

import { expect, test } from '@jest/globals'
import type { SightlineOptions } from '@sightline/core'

import { settingsFrom } from '../src/settings/settings.ts'

/** The rows of the table of Sightline's own options, which is made from the types: what is told, and what is done. */
const page = readFileSync(new URL('../../../docs/options.md', import.meta.url), 'utf8')
const table =
  /<!-- options: packages\/core\/src\/options\/options\.ts [^]*?<!-- \/options -->/.exec(page)?.[0] ?? ''
const rows = [...table.matchAll(/^\| `(?<path>[\w.]+)` +\| `.*?[^\\]` +\| (?<otherwise>.*?) +\|/gm)].map(
  ({ groups }) => ({ path: groups?.['path'] ?? '', otherwise: groups?.['otherwise'] ?? '' }),
)

function nested(path: string, value: unknown): SightlineOptions {
  return path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as SightlineOptions
}

function at(path: string, from: unknown): unknown {
  return path.split('.').reduce((of, name) => (of as Record<string, unknown> | undefined)?.[name], from)
}

/** The value that a default stands for, where it is one: `2000`, `true`, a text between backticks. */
function literal(otherwise: string): unknown {
  if (/^(?:true|false|\d[\d_.]*)$/.test(otherwise)) return JSON.parse(otherwise)
  return /^`([^`]+)`$/.exec(otherwise)?.[1]
}

test('the table is read', () => {
  const paths = rows.map(({ path }) => path)
  expect(paths).toEqual(expect.arrayContaining(['service', 'metrics.maxSeries', 'lifecycle.deadline']))
  expect(paths.length).toBeGreaterThan(30)
})

/** Of no option's type: what is said of it shows whether there is such an option. */
const IMPOSSIBLE = Symbol('impossible')

test.each(rows)('$path is an option that is checked', ({ path }) => {
  const told = new RegExp(String.raw`${path} is (?:Symbol\(impossible\)|\[redacted\]), but must be`)
  expect(() => settingsFrom(nested(path, IMPOSSIBLE), {})).toThrow(told)
})

test('what is not in the types is no option', () => {
  expect(() => settingsFrom(nested('metrics.nonsense', IMPOSSIBLE), {})).toThrow('does not exist')
})

const defaults = rows
  .map(({ path, otherwise }) => ({ path, otherwise, value: literal(otherwise) }))
  .filter(({ path, value }) => value !== undefined && at(path, settingsFrom({}, {})) !== undefined)

test('most defaults are values that can be compared', () => {
  expect(defaults.length).toBeGreaterThan(12)
})

test.each(defaults)('$path is $otherwise by default', ({ path, value }) => {
  expect(at(path, settingsFrom({}, {}))).toEqual(value)
})
