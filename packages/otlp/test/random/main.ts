/**
 * Compares random export requests with the official definitions. The arguments are their number and the first seed:
 * `node --conditions=@sightline/source packages/otlp/test/random/main.ts 1000000`
 */
import { compareRandom } from './compare.ts'

const PER_SEED = 10_000
const [, , count = '1000000', first = '1'] = process.argv

const start = performance.now()
let seed = Number(first)
for (let left = Number(count); left > 0; left -= PER_SEED, seed++) {
  compareRandom(Math.min(left, PER_SEED), seed)
  if (process.stdout.isTTY) process.stdout.write(`\r${Number(count) - left} `)
}
console.log(`${count} random requests were read as the official definitions read them.`)
console.log(`${Math.round((performance.now() - start) / 1_000)} s, seeds ${first} to ${seed - 1}`)
