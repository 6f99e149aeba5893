// Writes the tables of docs/metrics.md from a real scrape; with `--json` it prints the rows instead.
import { readFileSync, writeFileSync } from 'node:fs'

import { scrapeOfEverything } from './everything.ts'
import { documentedRows, type Row, rowsOf, tableOf } from './table.ts'

const DOCUMENT = new URL('../../../../docs/metrics.md', import.meta.url)

/** Which metrics are in the table of each name. */
const TABLES: Readonly<Record<string, RegExp>> = {
  classic: /^http_(?:requests_|request_|response_|stream_)/,
  otel: /^(?:http_(?:server_|client_|stream_)|db_)/,
  outbound: /^http_client_/,
  connections: /^db_/,
  jobs: /^jobs?_/,
  process: /^process_(?!cgroup)/,
  runtime: /^nodejs_/,
  host: /^(?:system_|process_cgroup_)/,
  own: /^(?:service_|sightline_|health_|metric_)/,
}

const [classic, otel] = [
  rowsOf(await scrapeOfEverything('classic')),
  rowsOf(await scrapeOfEverything('otel')),
]
if (process.argv.includes('--json')) process.stdout.write(JSON.stringify([...classic, ...otel]))
else writeFileSync(DOCUMENT, filled(readFileSync(DOCUMENT, 'utf8')))
process.exit()

function filled(markdown: string): string {
  // What this machine does not tell of stays as it was written on another one.
  const before = documentedRows(markdown)
  return markdown.replaceAll(
    /(<!-- metrics: (\w+) -->\n\n)[^]*?(\n\n<!-- end -->)/g,
    (_, start: string, table: string, end: string) => {
      const pattern = TABLES[table] ?? /^$/
      const scraped = (table === 'otel' ? otel : classic).filter(({ name }) => pattern.test(name))
      const absent = before.filter(
        ({ name }) => pattern.test(name) && !scraped.some((row) => row.name === name),
      )
      const rows = scraped.map((row) => withLabels(row, before))
      return `${start}${tableOf([...rows, ...absent.filter(({ name }) => name.startsWith('process_cgroup_'))])}${end}`
    },
  )
}

function withLabels(row: Row, before: readonly Row[]): Row {
  return row.labels ? row : { ...row, labels: before.find(({ name }) => name === row.name)?.labels }
}
