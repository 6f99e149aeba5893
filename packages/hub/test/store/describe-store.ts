import { describe } from '@jest/globals'

import { describeSeries } from './describe-series.ts'
import { createBench, type OpenedStore } from './events/bench.ts'
import { describeConditions } from './events/describe-conditions.ts'
import { describeErrors } from './events/describe-errors.ts'
import { describeLogs } from './events/describe-logs.ts'
import { describeRetention } from './events/describe-retention.ts'
import { describeSpanPictures } from './events/describe-span-pictures.ts'
import { describeTail } from './events/describe-tail.ts'
import { describeTraceSearch } from './events/describe-trace-search.ts'
import { describeTraces } from './events/describe-traces.ts'

/** The suite that says what a store is. It knows no implementation. */
export function describeStore(name: string, create: () => Promise<OpenedStore>): void {
  describe(name, () => {
    const bench = createBench(create)
    describeTraces(bench)
    describeTraceSearch(bench)
    describeSpanPictures(bench)
    describeLogs(bench)
    describeTail(bench)
    describeConditions(bench)
    describeErrors(bench)
    describeRetention(bench)
  })
  describeSeries(name, async () => {
    const opened = await create()
    return {
      openWriter: (limits) => opened.open({ ...limits, retention: Infinity }).openSeries(),
      openReader: () => opened.open().openReader(),
      remove: () => opened.remove(),
    }
  })
}
