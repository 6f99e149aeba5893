/**
 * Loaded into each service before its own code: tells the demo where the service listens, and ends it when the demo is
 * gone. So the services need to know nothing of the demo.
 */
import { subscribe } from 'node:diagnostics_channel'
import type { AddressInfo, Server } from 'node:net'

/** What a service tells the demo. */
export interface Listening {
  readonly port: number
}

subscribe('tracing:net.server.listen:asyncEnd', (message) => {
  // What node publishes: https://nodejs.org/api/diagnostics_channel.html#net
  const { port } = (message as { server: Server }).server.address() as AddressInfo
  process.send?.({ port } satisfies Listening)
})

process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
// A service that has nothing left to do ends, whether or not the demo still listens to it.
process.channel?.unref()
