/** A process that holds series, and says how long scrapes stop it: `main.ts <exporter> <series>`. */
import { type ExporterName, SERIES_OF_ROUTE, startExporter } from './exporters.ts'
import { stallWatch } from './stall.ts'

/** What it says first. */
export interface Filled {
  readonly port: number
  readonly series: number
  /** Bytes of heap that a route takes, for all of its series. */
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

// What the first routes take has the code in it that they are filled with.
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
