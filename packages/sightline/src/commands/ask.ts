import type { ClientWishes } from '../options.ts'
import { table } from '../text/table.ts'
import { jsonLine, plain } from '../text/terminal.ts'
import type { Asking } from './command.ts'
import { secondsOf } from './times.ts'

type Labels = Readonly<Record<string, string>>

/** `data` of Prometheus' `/api/v1/query` and `/api/v1/query_range`. */
type Data =
  | {
      readonly resultType: 'vector'
      readonly result: ReadonlyArray<{ metric: Labels; value: [number, string] }>
    }
  | {
      readonly resultType: 'matrix'
      readonly result: ReadonlyArray<{ metric: Labels; values: Array<[number, string]> }>
    }
  | { readonly resultType: 'scalar' | 'string'; readonly result: [number, string] }

/** The points of a range that are printed for each series, at most. */
const POINTS = 60

/** `sightline ask EXPRESSION`: evaluates PromQL now or at `--to`, and with `--from` over the range. */
export async function ask({ client, wishes, out, err }: Asking, expression: string): Promise<void> {
  const { path, ...query } = questionOf(wishes)
  // The shape of Prometheus' API.
  const answer = (await client.get(path, { query: expression, ...query })) as {
    readonly data: Data
    readonly warnings?: readonly string[]
  }
  for (const warning of answer.warnings ?? []) err.write(`${plain(warning)}\n`)
  if (wishes.json) {
    out.write(jsonLine(answer.data))
    return
  }
  const text = textOf(answer.data)
  if (text === '') err.write('No series.\n')
  out.write(text)
}

function questionOf({ from, to }: ClientWishes): {
  path: string
  time?: number
  start?: number
  end?: number
  step?: number
} {
  if (from === undefined)
    return { path: '/api/v1/query', ...(to !== undefined && { time: secondsOf(to, '--to') }) }
  const start = secondsOf(from, '--from')
  const end = secondsOf(to ?? 'now', '--to')
  const step = Math.max(1, Math.ceil((end - start) / POINTS))
  return { path: '/api/v1/query_range', start, end, step }
}

function textOf(data: Data): string {
  switch (data.resultType) {
    case 'vector':
      return table(data.result.map(({ metric, value }) => [plain(value[1]), seriesText(metric)]))
    case 'matrix':
      return data.result
        .map(
          ({ metric, values }) =>
            `${seriesText(metric)}\n${table(values.map(([time, value]) => ['', clock(time), plain(value)]))}`,
        )
        .join('')
    default:
      return `${plain(data.result[1])}\n`
  }
}

/** A series as in an expression: `up{job="shop"}`. */
function seriesText({ __name__: name = '', ...labels }: Labels): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`)
  return plain(pairs.length > 0 || name === '' ? `${name}{${pairs.join(', ')}}` : name)
}

function clock(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().slice(0, 19).replace('T', ' ')
}
