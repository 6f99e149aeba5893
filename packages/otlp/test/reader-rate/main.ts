/**
 * Prints how many items a reader reads in one second of processor time:
 * `node --conditions=@sightline/source packages/otlp/test/reader-rate/main.ts [spans|logs|metrics] [protobuf|json]`
 */
import { createReader } from '../../src/read/create-reader.ts'
import { ENCODINGS } from '../entries.ts'
import { bodiesOf } from './bodies.ts'

const SECONDS = 2
const [, , onlySignal, onlyEncoding] = process.argv

for (const encoding of ENCODINGS) {
  if (onlyEncoding !== undefined && onlyEncoding !== encoding) continue
  const bodies = bodiesOf(encoding)
  for (const signal of ['spans', 'logs', 'metrics'] as const) {
    if (onlySignal !== undefined && onlySignal !== signal) continue
    const reader = createReader()
    const run = (seconds: number): { rate: number; megabytes: number } => {
      const start = process.cpuUsage()
      let items = 0
      let bytes = 0
      for (;;) {
        for (const one of bodies[signal]) {
          const { rows, reason } = reader[signal](one.body, encoding)
          if (rows !== one.items) throw new Error(`${one.items} items became ${rows}: ${reason}`)
          items += rows
          bytes += one.body.length
        }
        const { user, system } = process.cpuUsage(start)
        const spent = (user + system) / 1e6
        if (spent >= seconds) return { rate: items / spent, megabytes: bytes / spent / 1e6 }
      }
    }
    run(SECONDS / 2)
    const { rate, megabytes } = run(SECONDS)
    console.log(
      `${encoding.padEnd(8)} ${signal.padEnd(7)} ${Math.round(rate).toLocaleString('en').padStart(9)} /s ${megabytes.toFixed(0).padStart(4)} MB/s`,
    )
  }
}
