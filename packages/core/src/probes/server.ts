import type { AddressInfo } from 'node:net'

import type { Probe, ThreadData } from './messages.ts'

/** The answer to a probe. */
export interface ProbeReply {
  readonly code: 200 | 503
  readonly status: string
}

/** Answers the probes that the server receives. */
export interface ProbeKeeper {
  /** Replies at once or later. */
  ask(probe: Probe, reply: (answer: ProbeReply) => void): void
  listening(address: AddressInfo): void
  failed(error: Error): void
}

/**
 * Answers only probes. Its client limits are those of the management port.
 *
 * Runs in another thread from its text, so it must not use any outer name, see `examineMainThread`.
 */
export function serveProbes({ port, host, paths, serviceHeader }: ThreadData, keeper: ProbeKeeper): void {
  const { createServer } = process.getBuiltinModule('node:http')
  const server = createServer({
    maxHeaderSize: 8_192,
    headersTimeout: 3_000,
    requestTimeout: 5_000,
    connectionsCheckingInterval: 500,
  })
  server.maxConnections = 1_024
  server.setTimeout(10_000)
  server.on('request', ({ method, url = '', headers }, res) => {
    const [target = ''] = url.split('?', 1)
    const path = target.length > 1 && target.endsWith('/') ? target.slice(0, -1) : target
    const probe = Object.hasOwn(paths, path) ? paths[path] : undefined
    res.setHeader('cache-control', 'no-store')
    if (probe === undefined) return void res.writeHead(404).end()
    if (method !== 'GET' && method !== 'HEAD') return void res.writeHead(405, { allow: 'GET, HEAD' }).end()
    const byService = probe === 'ready' && headers[serviceHeader] !== undefined
    keeper.ask(byService ? 'readyForService' : probe, ({ code, status }) => {
      const body = `{"status":"${status}"}\n`
      res.writeHead(code, {
        'content-type': 'application/json; charset=utf-8',
        'content-length': body.length,
      })
      res.end(method === 'HEAD' ? '' : body)
    })
  })
  server.on('listening', () => keeper.listening(server.address() as AddressInfo))
  server.on('error', (error) => {
    keeper.failed(error)
    setTimeout(() => server.listen(port, host), 1_000)
  })
  server.listen(port, host)
}
