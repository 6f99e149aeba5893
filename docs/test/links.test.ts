import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

import { describe, expect, test } from '@jest/globals'
import GitHubSlugger from 'github-slugger'
import { toString } from 'mdast-util-to-string'

import { allPages, nodesOf, type Page, ROOT } from '../src/pages.ts'

const pages = allPages()
const pageByPath = new Map(pages.map((page) => [page.path, page]))

/** The names of a page's headings, as a browser finds them. */
function anchorsOf(page: Page): ReadonlySet<string> {
  const slugger = new GitHubSlugger()
  return new Set(nodesOf(page, 'heading').map((heading) => slugger.slug(toString(heading))))
}

function targetsOf(page: Page): readonly string[] {
  return [...nodesOf(page, 'link'), ...nodesOf(page, 'image'), ...nodesOf(page, 'definition')].map(
    ({ url }) => url,
  )
}

/** What is wrong with a link; `undefined`: nothing. */
function problemWith(target: string, page: Page): string | undefined {
  if (/^(?:https?|mailto):/.test(target)) return URL.canParse(target) ? undefined : `${target} is no address`
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? page.path : normalize(join(dirname(page.path), path))
  if (!existsSync(`${ROOT}${file}`)) return `${target} leads to ${file}, which does not exist`
  if (anchor === undefined) return undefined
  const there = pageByPath.get(file)
  if (!there) return `${target} names a heading of ${file}, which is no page`
  return anchorsOf(there).has(anchor) ? undefined : `${target}: ${file} has no heading #${anchor}`
}

test('the pages are found, and their links', () => {
  const found = pages.map(({ path }) => path)
  expect(found).toEqual(expect.arrayContaining(['README.md', 'docs/metrics.md', 'packages/core/README.md']))
  expect(pages.flatMap(targetsOf).length).toBeGreaterThan(50)
})

test('a link to a file or heading that is not there is a problem', () => {
  const page = pageByPath.get('docs/metrics.md')
  if (!page) throw new Error('docs/metrics.md is no page any more')
  expect(problemWith('nowhere.md', page)).toContain('does not exist')
  expect(problemWith('logging.md#nowhere', page)).toContain('no heading')
  expect(problemWith('logging.md#secrets', page)).toBeUndefined()
})

describe.each(pages)('$path', (page) => {
  test('has no link that leads nowhere', () => {
    expect(
      targetsOf(page)
        .map((target) => problemWith(target, page))
        .filter(Boolean),
    ).toEqual([])
  })
})

// The READMEs of packages and apps are found where these are.
test.each(pages.filter(({ path }) => path.startsWith('docs/')))(
  '$path is linked from another page',
  (page) => {
    const linked = pages
      .filter((other) => other !== page)
      .flatMap((other) => targetsOf(other).map((target) => linkedFile(other, target)))
    expect(linked).toContain(page.path)
  },
)

function linkedFile(from: Page, target: string): string {
  return normalize(join(dirname(from.path), target.split('#')[0] ?? ''))
}
