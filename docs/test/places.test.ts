import { existsSync, readdirSync } from 'node:fs'

import { expect, test } from '@jest/globals'
import { toString } from 'mdast-util-to-string'

import { nodesOf, type Page, pageAt, ROOT } from '../src/pages.ts'

/** The pages for contributors name files: those that are not there mislead. */

const PLACES = /^(?:apps|bench|deploy|docs|examples|foreign|packages|published|scripts)\/[\w./-]+$/

/** The files and folders that a page names. Those of the framework that is to be added stand for Koa's. */
function placesIn(page: Page): readonly string[] {
  return nodesOf(page, 'inlineCode')
    .map(({ value }) => value.replaceAll('hono', 'koa'))
    .filter((value) => PLACES.test(value))
}

test.each(['CONTRIBUTING.md', 'docs/adding-an-adapter.md'])('%s names files that exist', (path) => {
  const places = placesIn(pageAt(path))
  expect(places.length).toBeGreaterThan(10)
  expect(places.filter((place) => !existsSync(ROOT + place))).toEqual([])
})

test('CONTRIBUTING.md has one row for each folder and file of core', () => {
  const rows = nodesOf(pageAt('CONTRIBUTING.md'), 'table')
    .map(({ children }) => children.map(({ children: [first] }) => (first ? toString(first) : '')))
    .find(([head]) => head === 'file or folder')
  const named = rows?.slice(1).flatMap((row) => row.split(', '))
  expect(named?.toSorted()).toEqual(readdirSync(`${ROOT}packages/core/src`).toSorted())
})
