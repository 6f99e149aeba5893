import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import type { Code, Nodes, Parents, Root } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table'
import { gfmTable } from 'micromark-extension-gfm-table'

/** Where the repository begins, with a slash at its end. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** What a reader may be looking at. Changelogs are made of changesets, which are not pages. */
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
  /** From the root of the repository, such as `docs/metrics.md`. */
  readonly path: string
  readonly text: string
  readonly tree: Root
}

/** A fenced block of a page. */
export interface Block {
  readonly page: Page
  /** The word behind the fence, such as `ts`. */
  readonly language: string
  /** The other words behind it. */
  readonly words: readonly string[]
  readonly code: string
  /** What the page takes for granted in it, and readers do not see: a comment just before it, `<!-- given … -->`. */
  readonly given: { readonly code: string; readonly line: number } | undefined
  /** The line of the page on which the code begins, from 1 on. */
  readonly line: number
}

/** All pages there are, in the order of their paths. */
export function allPages(): readonly Page[] {
  const paths = globSync(PAGES, { cwd: ROOT, exclude: ['**/node_modules/**', '**/CHANGELOG.md'] })
  return paths.toSorted().map(pageAt)
}

/** Reads one page. */
export function pageAt(path: string): Page {
  const text = readFileSync(`${ROOT}${path}`, 'utf8')
  const tree = fromMarkdown(text, { extensions: [gfmTable()], mdastExtensions: [gfmTableFromMarkdown()] })
  return { path, text, tree }
}

/** The blocks of a page in one of the languages. */
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

/** All nodes of one type, wherever they are. */
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
  // The visit has looked at the type, which TypeScript cannot follow.
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
