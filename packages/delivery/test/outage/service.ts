// A service whose three signals go to one sink. It reports to its parent each second.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { createDeliveries, type Ledger } from '../../src/index.ts'
import { itemText, lines } from '../kit.ts'

/** The message to the parent process. */
export interface ServiceReport {
  readonly port?: number
  readonly rss: number
  readonly ledgers: readonly Ledger[]
}

const SIGNALS = ['traces', 'metrics', 'logs']
/** The typical size of a span. */
const ITEM_BYTES = 400
/** Interval between bursts of items. */
const TURN_MS = 10

const [, , url = '', perSecond = '100'] = process.argv
const deliveries = createDeliveries({
  log: ({ message }) => process.stderr.write(`${message}\n`),
  fault: (source, error) => process.stderr.write(`${source}: ${String(error)}\n`),
})
const opened = SIGNALS.map((signal) =>
  deliveries.open({
    destination: 'sink',
    signal,
    url: `${url}/${signal}`,
    type: 'application/x-ndjson',
    encode: lines,
  }),
)

const startedAt = performance.now()
let rounds = 0
let id = 0
const producer = setInterval(() => {
  const due = ((performance.now() - startedAt) / 1_000) * Number(perSecond)
  for (; rounds < due; rounds++) for (const delivery of opened) delivery.push(itemText(id++, ITEM_BYTES))
}, TURN_MS)

const report = (more: object = {}) =>
  process.send?.({ ...more, rss: process.memoryUsage.rss(), ledgers: deliveries.ledgers() })
const reporter = setInterval(report, 1_000)

const server = createServer((_, res) => void res.end('{"ok":true}')).listen(0, '127.0.0.1')
// The measuring client may reuse its connections at any time.
server.keepAliveTimeout = 0
await once(server, 'listening')
report({ port: (server.address() as AddressInfo).port })

// Any message ends the service.
await once(process, 'message')
clearInterval(producer)
clearInterval(reporter)
await deliveries.close()
report()
server.close().closeAllConnections()
process.disconnect()
