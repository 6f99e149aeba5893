/** A process that holds series, and reports how long scrapes block it: `main.ts <exporter> <series>`. */
import { type ExporterName, SERIES_OF_ROUTE, startExporter } from './exporters.ts'
import { stallWatch } from './stall.ts'

/** Its first message. */
export interface Filled {
  readonly port: number
  readonly series: number
  /** Heap bytes per route, for all of its series. */
  readonly bytesPerRoute: number
}

const [, , name, series] = process.argv
const routes = Math.ceil(Number(series) / SERIES_OF_ROUTE)
const exporter = await startExporter(name as ExporterName)

function heapInUse(): number {
  if (globalThis.gc === undefined) throw new Error('the memory of series can be read only with --expose-gc')
  globalThis.gc()
  return process.memoryUsage().heapUsed
}

// The first routes also pay for compiled code.
const warm = Math.ceil(routes / 2)
await exporter.fill(0, warm)
const before = heapInUse()
await exporter.fill(warm, routes)
const bytesPerRoute = (heapInUse() - before) / Math.max(1, routes - warm)

const stalls = stallWatch()
process.on('message', (question: 'watch' | 'stall') => {
  if (question === 'watch') stalls.start()
  process.send?.(question === 'watch' ? 'watching' : stalls.longest())
})
process.on('disconnect', () => process.exit())
process.send?.({ port: exporter.port, series: routes * SERIES_OF_ROUTE, bytesPerRoute } satisfies Filled)
