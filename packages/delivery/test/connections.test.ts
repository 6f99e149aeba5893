import { execFileSync, spawn } from 'node:child_process'
import dns from 'node:dns'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'

import { Connections } from '../src/connections.ts'
import type { Delivery } from '../src/index.ts'
import { post } from '../src/post.ts'
import { type Kit, pushItems, startKit } from './kit.ts'
import { answering, startSink } from './sink.ts'

let kit: Kit
beforeEach(async () => {
  kit = await startKit()
})
afterEach(() => kit.close())

async function settled(delivery: Delivery): Promise<void> {
  while (delivery.ledger().queued > 0) await delivery.flush(10_000)
}

describe('a connection', () => {
  it('is not used any more when it has reached its age', async () => {
    const connections = new Connections({}, 0)
    const { signal } = new AbortController()
    const url = new URL(kit.sink.url)
    for (let i = 0; i < 3; i++) {
      const body = Buffer.from('{"id":1}\n')
      await post({ url, headers: {}, body, timeout: 1_000, connections, signal })
    }
    connections.close()
    expect(kit.sink.connections).toBe(3)
  })

  it('that is never made is given up in time, and tried again', async () => {
    // A stopped process accepts no connections. When its short backlog is full, the system drops new ones
    // silently.
    const program =
      "require('net').createServer().listen(0, '127.0.0.1', 1, function () { process.send(this.address().port) })"
    const host = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    const [port] = (await once(host, 'message')) as [number]
    host.kill('SIGSTOP')
    const line = Array.from({ length: 16 }, () => connect(port, '127.0.0.1').on('error', () => undefined))
    try {
      const delivery = kit.open({ url: `http://127.0.0.1:${port}`, timeout: 100 })
      pushItems(delivery, 0, 10)
      expect(await delivery.flush(1_500)).toBe(false)
      expect(delivery.ledger()).toMatchObject({ delivered: 0, queued: 10 })
      expect(kit.messages).toEqual([expect.stringContaining('no connection within 100 ms')])
    } finally {
      for (const waiting of line) waiting.destroy()
      host.kill('SIGKILL')
    }
  })

  it('is opened anew after a failure, to wherever the name leads by then', async () => {
    const elsewhere = await startSink(kit.sink.port, '127.0.0.2')
    const lookup = dns.lookup
    let address = '127.0.0.1'
    // The signature that node's sockets call.
    const moving = (_: string, __: object, found: (error: null, addresses: object[]) => void) =>
      found(null, [{ address, family: 4 }])
    dns.lookup = moving as unknown as typeof dns.lookup
    try {
      const delivery = kit.open({ url: `http://collector.example:${kit.sink.port}/items` })
      pushItems(delivery, 0, 10)
      await settled(delivery)
      kit.sink.behave(answering(503))
      address = '127.0.0.2'
      pushItems(delivery, 10, 20)
      await elsewhere.until(() => elsewhere.taken.size === 10)
      expect([...elsewhere.taken.keys()][0]).toBe(10)
    } finally {
      dns.lookup = lookup
      await elsewhere.close()
    }
  })
})

describe('over https', () => {
  let directory: string
  let server: ReturnType<typeof createSecureServer>
  let certificate: string
  let bodies: string[]
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'tls-'))
    const [keyPath, certificatePath] = [join(directory, 'key.pem'), join(directory, 'cert.pem')]
    const request =
      'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost'
    const names = ['-addext', 'subjectAltName=IP:127.0.0.1']
    execFileSync('openssl', [...request.split(' '), ...names, '-keyout', keyPath, '-out', certificatePath], {
      stdio: 'ignore',
    })
    certificate = readFileSync(certificatePath, 'utf8')
    bodies = []
    server = createSecureServer({ key: readFileSync(keyPath), cert: certificate }, (req, res) => {
      let body = ''
      req.on('data', (chunk) => (body += String(chunk)))
      req.on('end', () => {
        bodies.push(body)
        res.end('{}')
      })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterEach(() => {
    server.close().closeAllConnections()
    rmSync(directory, { recursive: true })
  })
  const address = () => `https://127.0.0.1:${(server.address() as AddressInfo).port}/items`

  it('delivers to whom its certificates vouch for', async () => {
    const delivery = kit.open({ url: address(), tls: { ca: certificate } })
    pushItems(delivery, 0, 2)
    await settled(delivery)
    expect(bodies).toHaveLength(1)
    expect(delivery.ledger().delivered).toBe(2)
  })

  it('keeps to itself what is meant for somebody else', async () => {
    const delivery = kit.open({ url: address() })
    pushItems(delivery, 0, 2)
    expect(await delivery.flush(300)).toBe(false)
    expect(bodies).toEqual([])
    expect(delivery.ledger()).toMatchObject({ delivered: 0, queued: 2 })
  })

  it('follows a host that wants to be asked over https', async () => {
    kit.sink.behave(answering(308, { location: address() }))
    const delivery = kit.open({ tls: { ca: certificate } })
    pushItems(delivery, 0, 2)
    await settled(delivery)
    expect(bodies).toHaveLength(1)
    expect(delivery.ledger().delivered).toBe(2)
  })
})
