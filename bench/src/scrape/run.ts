import { messageOf, startChild, stopChild } from '../child.ts'
import { medianOf } from '../statistics.ts'
import { EXPORTERS, type ExporterName } from './exporters.ts'
import type { Filled } from './main.ts'

const MAIN = new URL('main.ts', import.meta.url)

/** The cost of a scrape. */
export interface ScrapeCost {
  readonly exporter: ExporterName
  readonly series: number
  /** Milliseconds until the last byte. */
  readonly ms: number
  /** The longest block of the exporter's event loop, in milliseconds. */
  readonly stallMs: number
  readonly bytes: number
  /** Heap bytes per route: a counter and three histograms. */
  readonly bytesPerRoute: number
}

/** Measures scrapes of a number of series, each exporter in a new process. */
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
    // The first two warm up the compiler.
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
