import { POINT_NAMES } from '../content/metrics.ts'
import type { StoredItems } from '../steps/accounting.ts'

/**
 * Asks a hub.
 *
 * @throws {Error} for any other status than 200
 */
export async function ask(url: string, path: string): Promise<unknown> {
  const response = await fetch(url + path)
  const text = await response.text()
  if (response.status !== 200) throw new Error(`${path} was answered with ${response.status}: ${text}`)
  return JSON.parse(text) as unknown
}

/** Spans, log records and points of metrics that a hub has stored, counted in its store. */
export async function storedBy(url: string): Promise<StoredItems> {
  // See docs/hub-api.md.
  const { store } = (await ask(url, '/api/hub')) as { store: { spans: number; logs: number } }
  const points = await Promise.all(POINT_NAMES.map((name) => samplesOf(url, name)))
  return { traces: store.spans, logs: store.logs, metrics: points.reduce((sum, count) => sum + count, 0) }
}

async function samplesOf(url: string, name: string): Promise<number> {
  const query = new URLSearchParams({ query: `sum(count_over_time(${name}[1d]))` }).toString()
  const { data } = (await ask(url, `/api/v1/query?${query}`)) as {
    data: { result: readonly { value: readonly [time: number, value: string] }[] }
  }
  return Number(data.result[0]?.value[1] ?? 0)
}
