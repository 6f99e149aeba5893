import { table } from '../text/table.ts'
import { plain } from '../text/terminal.ts'
import type { Asking } from './command.ts'

type Labels = Readonly<Record<string, string>>

/** `data` of Prometheus' `/api/v1/query`. */
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

/** `sightline ask EXPRESSION`: evaluates PromQL now, or at `--to`. */
export async function ask({ client, wishes, out }: Asking, expression: string): Promise<void> {
  const time = await timeOf(wishes.to)
  const answer = (await client.get('/api/v1/query', { query: expression, time })) as { readonly data: Data }
  out.write(wishes.json ? `${JSON.stringify(answer.data)}\n` : textOf(answer.data))
}

/** Prometheus takes seconds or RFC 3339. */
function timeOf(text: string | undefined): string | undefined {
  const [, count, unit = ''] = /^(\d+)([smhdw])$/.exec(text ?? '') ?? []
  if (count === undefined) return text
  const seconds = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 }[unit] ?? 1
  return String(Date.now() / 1_000 - Number(count) * seconds)
}

function textOf(data: Data): string {
  switch (data.resultType) {
    case 'vector':
      if (data.result.length === 0) return 'No series.\n'
      return table(data.result.map(({ metric, value }) => [value[1], seriesText(metric)]))
    case 'matrix':
      if (data.result.length === 0) return 'No series.\n'
      return data.result
        .map(
          ({ metric, values }) =>
            `${seriesText(metric)}\n${table(values.map(([time, value]) => ['', clock(time), value]))}`,
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
  return new Date(seconds * 1_000).toISOString().slice(0, 23).replace('T', ' ')
}
