import { hashOfBeginning, hashOfWord } from './word-hash.ts'

/** Which words a block must have, as hashes of the index. */
export type WordQuery =
  | { readonly kind: 'word'; readonly hash: number }
  | { readonly kind: 'all' | 'any'; readonly of: readonly WordQuery[] }

/** Blocks with all of the words; the last one may be a beginning. `undefined` where the index cannot tell. */
export function wordQuery(words: readonly string[], prefix: boolean): WordQuery | undefined {
  const hashes = new Set<number>()
  for (const [at, word] of words.entries()) {
    const hash = prefix && at === words.length - 1 ? hashOfBeginning(word) : hashOfWord(word)
    if (hash !== undefined) hashes.add(hash)
  }
  return hashes.size === 0
    ? undefined
    : { kind: 'all', of: Array.from(hashes, (hash) => ({ kind: 'word', hash })) }
}

/** The blocks that a query admits, from those that have each hash. */
export function blocksOf(
  query: WordQuery,
  blocksWith: (hash: number) => ReadonlySet<number>,
): ReadonlySet<number> {
  if (query.kind === 'word') return blocksWith(query.hash)
  let found: ReadonlySet<number> | undefined
  for (const part of query.of) {
    const blocks = blocksOf(part, blocksWith)
    if (found === undefined) found = blocks
    else if (query.kind === 'any') found = new Set([...found, ...blocks])
    else found = new Set(Array.from(found).filter((block) => blocks.has(block)))
  }
  return found ?? new Set()
}
