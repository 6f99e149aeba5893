import { createSightline, type RequestRecord } from '@sightline/core'
import Fastify, { type FastifyServerOptions } from 'fastify'

export type Line = Record<string, unknown>

/**
 * An application, and all that is written of it.
 *
 * @param isOn whether Fastify's own logger is; it is off by default
 * @param ownLogger options of Fastify's logger
 */
export function written(options: FastifyServerOptions, isOn: boolean, ownLogger: object = {}) {
  const texts: string[] = []
  const records: RequestRecord[] = []
  const stream = { write: (text: string) => void texts.push(text) }
  const app = Fastify({
    forceCloseConnections: true,
    ...(isOn && { logger: { stream, ...ownLogger } }),
    ...options,
  })
  const kit = createSightline({
    service: 'store',
    log: { pretty: false, destination: stream },
    sinks: [{ name: 'test', write: (record) => void records.push(record) }],
  })
  const lines = () => texts.map((text) => JSON.parse(text) as Line)
  return { app, kit, destination: stream, texts, lines, records }
}
