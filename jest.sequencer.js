import { statSync } from 'node:fs'

/** Files that take a minute or more, although some of them are small. */
const LONG =
  /(?:conformance|crash|kill|code|agreement|oracles|sqlite-store|workers|probes|browser\/test\/\w+)\.test\.ts$/

/** The order of test files: long ones first, so that none is left over at the end, then by size. In a fresh clone Jest knows only sizes. */
export default class Sequencer {
  sort(tests) {
    const weigh = ({ path }) =>
      (path.endsWith('conformance.test.ts') ? 2e9 : LONG.test(path) ? 1e9 : 0) + statSync(path).size
    const weighed = tests.map((test) => ({ test, weight: weigh(test) }))
    return weighed.toSorted((a, b) => b.weight - a.weight).map(({ test }) => test)
  }

  allFailedTests(tests) {
    return tests
  }

  shard(tests) {
    return tests
  }

  cacheResults() {}
}
