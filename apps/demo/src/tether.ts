/**
 * Loaded into each service before its own code. It reports the service's address to the demo, and stops the
 * service when the demo has ended, so that services need not know the demo.
 */
import { subscribe } from 'node:diagnostics_channel'
import type { AddressInfo, Server } from 'node:net'

/** The message of a service to the demo. */
export interface Listening {
  readonly port: number
}

subscribe('tracing:net.server.listen:asyncEnd', (message) => {
  // The message of node's channel: https://nodejs.org/api/diagnostics_channel.html#net
  const { port } = (message as { server: Server }).server.address() as AddressInfo
  process.send?.({ port } satisfies Listening)
})

process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
// The channel does not keep a finished service alive.
process.channel?.unref()
