import { messageOf, startChild, stopChild } from '../child.ts'
import { medianOf } from '../statistics.ts'
import { EXPORTERS, type ExporterName } from './exporters.ts'
import type { Filled } from './main.ts'

const MAIN = new URL('main.ts', import.meta.url)

/** What a scrape costs. */
export interface ScrapeCost {
  readonly exporter: ExporterName
  readonly series: number
  /** Until the last byte has come, in milliseconds. */
  readonly ms: number
  /** The longest time that the exporter's event loop did nothing else, in milliseconds. */
  readonly stallMs: number
  readonly bytes: number
  /** Bytes of heap for one route: a counter and three histograms. */
  readonly bytesPerRoute: number
}

/** Measures scrapes of so many series, each exporter in a fresh process. */
export async function measureScrapes(
  sizes: readonly number[],
  repeats: number,
  say: (text: string) => void,
): Promise<ScrapeCost[]> {
  const costs: ScrapeCost[] = []
  for (const size of sizes) {
    for (const exporter of EXPORTERS) {
      say(`scrape: ${exporter}, ${size.toLocaleString('en')} series`)
      costs.push(await measureScrape(exporter, size, repeats))
    }
  }
  return costs
}

async function measureScrape(exporter: ExporterName, size: number, repeats: number): Promise<ScrapeCost> {
  const child = startChild({ module: MAIN, args: [exporter, String(size)], flags: ['--expose-gc'] })
  const ask = async <T>(question: string): Promise<T> => {
    const answer = messageOf<T>(child)
    child.send(question)
    return answer
  }
  try {
    const { port, series, bytesPerRoute } = await messageOf<Filled>(child)
    const scrapes: Array<{ ms: number; stallMs: number; bytes: number }> = []
    // The first two are for the compiler.
    for (let i = 0; i < repeats + 2; i++) {
      await ask('watch')
      const start = performance.now()
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
      const ms = performance.now() - start
      const stallMs = await ask<number>('stall')
      const found = text.split('\n').filter((line) => line.includes('/orders/:id')).length
      if (found !== series) throw new Error(`${exporter} has ${found} of ${series} series in its scrape`)
      scrapes.push({ ms, stallMs, bytes: Buffer.byteLength(text) })
    }
    const counted = scrapes.slice(2)
    return {
      exporter,
      series,
      ms: medianOf(counted.map(({ ms }) => ms)),
      stallMs: medianOf(counted.map(({ stallMs }) => stallMs)),
      bytes: medianOf(counted.map(({ bytes }) => bytes)),
      bytesPerRoute,
    }
  } finally {
    await stopChild(child)
  }
}
