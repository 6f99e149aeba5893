/**
 * Compares random export requests with the official definitions. The arguments are their number and the first seed:
 * `node --conditions=@sightline/source packages/otlp/test/random/main.ts 1000000`
 */
import { compareRandom } from './compare.ts'

const PER_SEED = 10_000
const [, , count = '1000000', first = '1'] = process.argv

const start = performance.now()
let seed = Number(first)
let compared = 0
for (; compared < Number(count); seed++) {
  const next = Math.min(Number(count) - compared, PER_SEED)
  compareRandom(next, seed)
  compared += next
  if (compared % 100_000 === 0) console.log(`${compared.toLocaleString('en')} …`)
}
const seconds = Math.round((performance.now() - start) / 1_000)
console.log(
  `${compared.toLocaleString('en')} random requests were read as the official definitions read them.`,
)
console.log(`It took ${seconds} s, with the seeds ${first} to ${seed - 1}.`)
