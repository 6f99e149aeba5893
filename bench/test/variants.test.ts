import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

import { type Collector, startCollector } from '../src/collector.ts'
import { prove, type Proven, proveSilence } from '../src/requests/proof.ts'
import { planOf, titleOf, type Variant, VARIANTS, variantsFor } from '../src/requests/variants.ts'
import { startService } from '../src/service-process.ts'
import { type Framework, FRAMEWORKS } from '../src/service/plan.ts'

const SOURCES = ['--experimental-strip-types', '--no-warnings', '--conditions=@sightline/source']

let collector: Collector
beforeAll(async () => {
  collector = await startCollector()
})
afterAll(() => collector.close())

/** Checks that a variant's service does what it claims. */
async function shown(variant: Variant, framework: Framework): Promise<void> {
  const sender = `${framework}-${variant.name}`
  const service = await startService(planOf(variant, framework, collector.endpointOf(sender)), SOURCES)
  const proven: Proven = { service, variant, spans: () => collector.spansOf(sender) }
  try {
    await prove(proven)
  } finally {
    await service.stop()
  }
  await proveSilence(proven)
}

/** One variant of each kind: percentages and disabled parts need no separate proof. */
const KINDS = new Set([
  'bare',
  'sightline-10',
  'sightline-without-access',
  'promster',
  'trio',
  'documented-10',
])

describe.each(FRAMEWORKS)('on %s', (framework) => {
  const variants = variantsFor(framework, ({ name }) => KINDS.has(name))

  it.each(variants.map((variant) => [titleOf(variant, framework), variant] as const))(
    'shows what it claims: %s',
    (_title, variant) => shown(variant, framework),
    30_000,
  )
})

it('does not measure what does less than it claims', async () => {
  const [bare] = VARIANTS
  await expect(shown({ ...(bare as Variant), proofs: ['id'] }, 'fastify')).rejects.toThrow(
    'bare shows no id of a request',
  )
})

it('does not measure what logs without saying so', async () => {
  const logger = VARIANTS.find(({ name }) => name === 'logger') as Variant
  await expect(shown({ ...logger, proofs: [] }, 'koa')).rejects.toThrow('although it should not')
})
