import { describe, expect, test } from '@jest/globals'

import type { Adapter } from './app.ts'
import type { Route } from './app.ts'
import { type Kit, type KitOptions, observed } from './kit.ts'
import { shop } from './shop.ts'

/** The tools of a group of assertions. */
interface Suite {
  readonly adapter: Adapter
  /** Declares an assertion. A deviation names it by its title. */
  check(title: string, fn: () => Promise<void>, timeoutMs?: number): void
  /** Starts the shop with the kit. */
  shop(options?: Partial<KitOptions>): Promise<Kit>
  readonly routes: Route[]
}

/** A group of assertions about one promise. */
export interface Group {
  readonly promise: string
  readonly assertions: (suite: Suite) => void
}

/** Registers groups of assertions with Jest, and the adapter's deviations. */
export function runGroups(adapter: Adapter, groups: readonly Group[]): void {
  const { name, deviations = {}, wildcard } = adapter
  const titles = new Set<string>()
  const routes = shop(wildcard)
  const suite: Suite = {
    adapter,
    routes,
    check(title, fn, timeoutMs) {
      titles.add(title)
      const reason = deviations[title]
      if (reason === undefined) test(title, fn, timeoutMs)
      // oxlint-disable-next-line jest/no-disabled-tests -- declared by the adapter, with its reason in the title
      else test.skip(`${title} (DEVIATION of ${name}: ${reason})`, fn)
    },
    shop: (options) => observed(adapter, { app: { routes }, ...options }),
  }
  describe(`the ${name} adapter`, () => {
    for (const { promise, assertions } of groups) {
      describe(promise, () => {
        assertions(suite)
      })
    }

    test('declares only deviations from assertions that exist', () => {
      expect(Object.keys(deviations).filter((title) => !titles.has(title))).toEqual([])
    })
  })
}
