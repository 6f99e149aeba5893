import { Agent, request } from 'node:http'

import type { Body } from '../content/body.ts'
import { PATHS, type StreamPlan } from './plan.ts'
import type { Outcome } from './tally.ts'

/** Sends the requests of one stream over connections that are kept open. */
export interface Sender {
  send(body: Body): Promise<Outcome>
  close(): void
}

export function createSender(url: string, { signal, gzip }: Pick<StreamPlan, 'signal' | 'gzip'>): Sender {
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity })
  const target = new URL(PATHS[signal], url)
  const headers = {
    'content-type': 'application/x-protobuf',
    ...(gzip && { 'content-encoding': 'gzip' }),
  }
  return {
    send: ({ body }) =>
      new Promise((resolve) => {
        const options = { method: 'POST', agent, headers: { ...headers, 'content-length': body.length } }
        const sent = request(target, options, (res) => {
          let bytes = 0
          res.on('data', (piece: Buffer) => (bytes += piece.length))
          // An answer that says that all was stored is an empty message.
          res.once('close', () =>
            resolve({
              code: res.complete ? String(res.statusCode) : 'aborted',
              isPartial: res.statusCode === 200 && bytes > 0,
            }),
          )
        })
        sent.once('error', (error: NodeJS.ErrnoException) =>
          resolve({ code: error.code ?? error.name, isPartial: false }),
        )
        sent.end(body)
      }),
    close: () => agent.destroy(),
  }
}
