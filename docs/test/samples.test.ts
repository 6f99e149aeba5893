import { beforeAll, expect, test } from '@jest/globals'

import { allPages, pageAt } from '../src/pages.ts'
import { type Samples, shapeOf, takeSamples, withSamples } from '../src/samples.ts'

const pages = allPages().filter(({ text }) => /^<!-- sample:/m.test(text))
let samples: Samples

beforeAll(async () => {
  samples = await takeSamples()
})

test('the README and the first steps show output', () => {
  expect(pages.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['README.md', 'docs/getting-started.md']),
  )
})

// A failure means: run `pnpm samples`, and commit what it writes.
test.each(pages)('$path shows output of the shape that a service has today', ({ text }) => {
  const current = withSamples(text, samples)
  if (shapeOf(text) !== shapeOf(current)) expect(text).toBe(current)
})

test('a field, a label or a span that is renamed changes the shape', () => {
  const { text } = pageAt('README.md')
  for (const [sample, from, to] of [
    ['event', '"outcome"', '"result"'],
    ['metrics', 'route="unmatched"', 'route="none"'],
    ['trace', 'load order', 'read order'],
    ['health', '"uptimeSeconds"', '"uptime"'],
  ] as const) {
    expect(samples[sample]).toContain(from)
    const renamed = { ...samples, [sample]: samples[sample].replace(from, to) }
    expect(shapeOf(withSamples(text, renamed))).not.toBe(shapeOf(withSamples(text, samples)))
  }
})

test('a marker without a sample is an error', () => {
  expect(() => withSamples('<!-- sample: none -->\n\n```\nx\n```\n\n<!-- /sample -->', samples)).toThrow(
    'none',
  )
})
