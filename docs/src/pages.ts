import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import type { Code, Nodes, Parents, Root } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table'
import { gfmTable } from 'micromark-extension-gfm-table'

/** Root of the repository, with a trailing slash. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** The pages for readers. Changelogs are generated from changesets and left out. */
const PAGES = [
  '*.md',
  'docs/**/*.md',
  'packages/*/README.md',
  'apps/*/README.md',
  'deploy/**/*.md',
  'examples/**/*.md',
]

/** A page of the documentation. */
export interface Page {
  /** Path from the root of the repository, such as `docs/metrics.md`. */
  readonly path: string
  readonly text: string
  readonly tree: Root
}

/** A fenced block of a page. */
export interface Block {
  readonly page: Page
  /** The word after the fence, such as `ts`. */
  readonly language: string
  /** The further words after it. */
  readonly words: readonly string[]
  readonly code: string
  /** Code that the page assumes but does not show: a comment before the block, `<!-- given … -->`. */
  readonly given: { readonly code: string; readonly line: number } | undefined
  /** The line on the page where the code begins, starting at 1. */
  readonly line: number
}

/** All pages, ordered by path. */
export function allPages(): readonly Page[] {
  const paths = globSync(PAGES, { cwd: ROOT, exclude: ['**/node_modules/**', '**/CHANGELOG.md'] })
  return paths.toSorted().map(pageAt)
}

export function pageAt(path: string): Page {
  const text = readFileSync(`${ROOT}${path}`, 'utf8')
  const tree = fromMarkdown(text, { extensions: [gfmTable()], mdastExtensions: [gfmTableFromMarkdown()] })
  return { path, text, tree }
}

/** The blocks of a page in one of these languages. */
export function blocksOf(page: Page, languages: readonly string[]): readonly Block[] {
  const parents: readonly Parents[] = [
    page.tree,
    ...nodesOf(page, 'listItem'),
    ...nodesOf(page, 'blockquote'),
  ]
  return parents.flatMap(({ children }) =>
    children.flatMap((node, i) =>
      node.type === 'code' && languages.includes(node.lang ?? '')
        ? blockOf(page, node, givenIn(children[i - 1]))
        : [],
    ),
  )
}

/** All nodes of a type in the tree. */
export function nodesOf<Type extends Nodes['type']>(
  page: Page,
  type: Type,
): Extract<Nodes, { type: Type }>[] {
  const found: Nodes[] = []
  const visit = (node: Nodes) => {
    if (node.type === type) found.push(node)
    if ('children' in node) for (const child of node.children) visit(child)
  }
  visit(page.tree)
  // `visit` has checked the type, which TypeScript cannot infer.
  return found as Extract<Nodes, { type: Type }>[]
}

function givenIn(before: Nodes | undefined): Block['given'] {
  if (before?.type !== 'html') return undefined
  const code = /^<!-- given\n(?<code>[^]*?)\n?-->$/.exec(before.value)?.groups?.code
  return code === undefined ? undefined : { code, line: (before.position?.start.line ?? 0) + 1 }
}

function blockOf(page: Page, { lang, meta, value, position }: Code, given: Block['given']): Block {
  return {
    page,
    language: lang ?? '',
    words: meta?.split(/\s+/) ?? [],
    code: value,
    given,
    line: (position?.start.line ?? 0) + 1,
  }
}
