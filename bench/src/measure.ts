import type { Part, Wishes } from './arguments.ts'
import { measureLabelGrowth, measureRouteGrowth } from './growth/run.ts'
import { measureLogging } from './logging/run.ts'
import { type Effort, measureRequests } from './requests/run.ts'
import { variantsFor } from './requests/variants.ts'
import type { Findings } from './results.ts'
import { measureScrapes } from './scrape/run.ts'
import { measureEndurance } from './soak/run.ts'
import { measureStarts } from './startup/run.ts'

const FULL: Effort = { rounds: 3, warmUps: 6, passes: 5, sliceSeconds: 1 }
const QUICK: Effort = { rounds: 2, warmUps: 3, passes: 3, sliceSeconds: 1 }

const SCRAPED_SERIES = [100, 1_000, 10_000, 50_000, 100_000]
const SCRAPES = 9
const ROUTES = [1, 100, 1_000]
const LABEL_SETS = [10, 100, 1_000, 10_000]
const LINES = 200_000
const LOGGING_ROUNDS = 7
const STARTS = 15

type Measure<P extends Part> = (wishes: Wishes, say: (text: string) => void) => Promise<Findings[P]>

/** How each part is measured. */
const MEASURES: { readonly [P in Part]: Measure<P> } = {
  async requests(wishes, say) {
    const { frameworks, variants, quick } = wishes
    const findings = []
    for (const framework of frameworks) {
      const chosen = variantsFor(framework, (variant) =>
        variants ? variants.includes(variant.name) : !quick || variant.quick === true,
      )
      findings.push({ framework, costs: await measureRequests(framework, chosen, effortOf(wishes), say) })
    }
    return findings
  },
  scrape: (_wishes, say) => measureScrapes(SCRAPED_SERIES, SCRAPES, say),
  async growth(wishes, say) {
    const routes = await measureRouteGrowth(wishes.frameworks, ROUTES, effortOf(wishes), say)
    return { routes, labels: await measureLabelGrowth(LABEL_SETS, say) }
  },
  logging: ({ rounds = LOGGING_ROUNDS }, say) => measureLogging(LINES, rounds, say),
  startup: ({ frameworks, rounds = STARTS }, say) => measureStarts(frameworks, rounds, say),
  soak: ({ frameworks, minutes }, say) => measureEndurance(frameworks, minutes, say),
}

/** Measures one part. */
export function measure<P extends Part>(
  part: P,
  wishes: Wishes,
  say: (text: string) => void,
): Promise<Findings[P]> {
  return MEASURES[part](wishes, say)
}

function effortOf({ quick, rounds }: Wishes): Effort {
  const effort = quick ? QUICK : FULL
  return { ...effort, rounds: rounds ?? effort.rounds }
}
