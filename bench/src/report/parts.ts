import type { Part } from '../arguments.ts'
import type { Findings } from '../results.ts'
import { FRAMEWORK_TITLES, quartiles, requestTables } from './requests.ts'
import { digits, markdownTable } from './table.ts'

/** With fewer series, the memory of the code itself outweighs theirs. */
const FEWEST_SERIES_FOR_HEAP = 50_000

/** The table of each part. */
const TABLES: { readonly [P in Part]: (findings: Findings[P]) => string } = {
  requests: requestTables,
  scrape: (costs) =>
    markdownTable(
      ['series', 'exporter', 'ms', 'longest stall, ms', 'KB', 'heap bytes a route'],
      costs.map(({ exporter, series, ms, stallMs, bytes, bytesPerRoute }) => [
        digits(series),
        exporter,
        digits(ms, 1),
        digits(stallMs, 1),
        digits(bytes / 1e3),
        series < FEWEST_SERIES_FOR_HEAP ? '' : digits(bytesPerRoute),
      ]),
    ),
  growth: ({ routes, labels }) =>
    [
      markdownTable(
        ['framework', 'routes', 'variant', 'CPU µs added', 'quartiles'],
        routes.map(({ framework, routes: count, title, added }) => [
          FRAMEWORK_TITLES[framework],
          digits(count),
          title,
          digits(added.median, 1),
          quartiles(added),
        ]),
      ),
      markdownTable(
        ['counter of', 'label sets', 'ns a count'],
        labels.map(({ counter, labelSets, nanos }) => [counter, digits(labelSets), digits(nanos)]),
      ),
    ].join('\n\n'),
  logging: (costs) =>
    markdownTable(
      ['logger', 'ns a line, message only', 'ns a line, three fields'],
      costs.map(({ writer, message, fields }) => [writer, digits(message), digits(fields)]),
    ),
  startup: (costs) =>
    markdownTable(
      ['framework', 'variant', 'CPU ms added', 'quartiles', 'CPU ms', 'MB'],
      costs.map(({ framework, title, added, cpuMs, rss }) => [
        FRAMEWORK_TITLES[framework],
        title,
        digits(added.median, 1),
        quartiles(added),
        digits(cpuMs.median, 1),
        digits(rss.median / 1e6),
      ]),
    ),
  soak: (services) =>
    markdownTable(
      [
        'framework',
        'variant',
        'minutes',
        'requests',
        'heap MB',
        'slope KB a minute',
        'of that code',
        'GC ms a second',
      ],
      services.map(({ framework, title, minutes, requests, heap, slope, codeSlope, gcMsPerSecond }) => [
        FRAMEWORK_TITLES[framework],
        title,
        digits(minutes, 1),
        digits(requests),
        digits(heap / 1e6, 1),
        digits(slope / 1e3, 1),
        digits(codeSlope / 1e3, 1),
        digits(gcMsPerSecond, 2),
      ]),
    ),
}

export function tablesOf<P extends Part>(part: P, findings: Findings[P]): string {
  return TABLES[part](findings)
}
