/** A process that writes log lines, and reports the cost of one: `main.ts <writer> <lines>`. */
import { once } from 'node:events'
import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'

import { createSightline, type Logger } from '@sightline/core'
import { hostOf } from '@sightline/core/adapter'
import { pino } from 'pino'

import type { LineCost, WriterName } from './run.ts'

/** Lines per batch: a busy service writes about this number between two turns of its event loop. */
const BATCH = 50

const [, , writer, lines] = process.argv
const logger = await loggerOf(writer as WriterName)
const order = { order: 4711, customer: 'c-2041', total: 129.9 }
const write = {
  message: () => logger.info('order accepted'),
  fields: () => logger.info(order, 'order accepted'),
}

// Warms up the compiler.
await nanosOf(write.message)
await nanosOf(write.fields)
process.send?.({
  message: await nanosOf(write.message),
  fields: await nanosOf(write.fields),
} satisfies LineCost)
process.disconnect?.()

async function nanosOf(line: () => void): Promise<number> {
  const start = process.cpuUsage()
  for (let written = 0; written < Number(lines); written += BATCH) {
    for (let i = 0; i < BATCH; i++) line()
    await new Promise(setImmediate)
  }
  const { user, system } = process.cpuUsage(start)
  return ((user + system) * 1_000) / Number(lines)
}

async function loggerOf(name: WriterName): Promise<Logger> {
  if (name === 'sightline') return loggerOfRequest()
  const own = pino({ base: { service: 'bench' } })
  if (name === 'pino') return own
  return own.child({
    request_id: 'b3f1c2d4-6a5e-4f7b-8c9d-0e1f2a3b4c5d',
    trace_id: '0af7651916cd43dd8448eb211c80319c',
    span_id: 'b7ad6b7169203331',
  })
}

/** The logger of a real request, as a handler has it. */
async function loggerOfRequest(): Promise<Logger> {
  const sightline = createSightline({ service: 'bench', log: { pretty: false, access: false } })
  const { promise, resolve } = Promise.withResolvers<Logger>()
  const server = createServer((req, res) => {
    const { log } = hostOf(sightline).observe({ req, res, route: () => '/', clientIp: () => undefined })
    res.end()
    resolve(log)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const asked = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', agent: false })
  const [response] = (await once(asked, 'response')) as [import('node:http').IncomingMessage]
  response.resume()
  server.close()
  return promise
}
