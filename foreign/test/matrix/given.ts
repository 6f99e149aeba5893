/** Fixtures for several parts: a folder of files, an upstream server, a schema. */
import { once } from 'node:events'
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

/** A folder with one file, with a fixed modification time. */
export const folder = mkdtempSync(join(tmpdir(), 'sightline-matrix-'))
const page = join(folder, 'page.txt')
writeFileSync(page, 'a line of the page\n'.repeat(500))
utimesSync(page, new Date('2025-01-01'), new Date('2025-01-01'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

/** Starts an upstream server for proxies that echoes its requests. */
export async function upstream(): Promise<string> {
  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await text(req)
    res.writeHead(req.url?.includes('missing') ? 404 : 200, { 'x-from': 'upstream' })
    res.end(JSON.stringify({ method: req.method, url: req.url, body }))
  }
  const server = createServer((req, res) => void answer(req, res)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

export const typeDefs = 'type Query { greeting(name: String!): String }'
export const resolvers = {
  Query: { greeting: (_root: unknown, { name }: { readonly name: string }) => `hello ${name}` },
}
