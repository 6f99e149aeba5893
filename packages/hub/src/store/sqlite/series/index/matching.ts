import type { Matcher } from '@sightline/promql'

import { EVERY_SERIES } from './label-text.ts'
import type { Postings } from './postings.ts'
import { SeriesSet } from './series-set.ts'

/** The series that all matchers match. */
export function matching(postings: Postings, matchers: readonly Matcher[]): SeriesSet {
  // A matcher that accepts the empty value matches series without the label. What it refuses is known, and is taken away.
  const requiring = matchers.filter((matcher) => !matcher.matches(''))
  const refusing = matchers.filter((matcher) => matcher.matches(''))
  let found: SeriesSet | undefined
  for (const matcher of requiring.toSorted(cheapestFirst)) {
    const series = seriesOf(postings, matcher, true)
    if (found === undefined) found = series
    else found.keep(series)
    if (found.isEmpty) return found
  }
  if (found === undefined) {
    found = new SeriesSet()
    found.addAll(postings.withLabel(...EVERY_SERIES))
  }
  for (const matcher of refusing.toSorted(cheapestFirst)) found.remove(seriesOf(postings, matcher, false))
  return found
}

function cheapestFirst(a: Matcher, b: Matcher): number {
  return costOf(a) - costOf(b)
}

function costOf({ operator }: Matcher): number {
  return operator === '=' || operator === '!=' ? 0 : 1
}

/** The series that have a value for the label which the matcher accepts, or refuses. */
function seriesOf(postings: Postings, matcher: Matcher, accepted: boolean): SeriesSet {
  const { name, operator, value, choice } = matcher
  const set = new SeriesSet()
  // Each of these texts is what a positive matcher accepts and a negative one refuses.
  const texts = operator === '=' || operator === '!=' ? [value] : choice
  if (texts !== undefined && (operator === '=' || operator === '=~') === accepted) {
    for (const text of texts) if (text !== '') set.addAll(postings.withLabel(name, text))
    return set
  }
  for (const one of postings.values(name))
    if (matcher.matches(one.value) === accepted) set.addAll(postings.seriesOf(one.label))
  return set
}
