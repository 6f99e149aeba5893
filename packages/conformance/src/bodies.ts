import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'

import type { RawAnswer } from './heads.ts'

const TEXT = 'wörld'.repeat(20)

/** The ways to send a body, and special cases. */
export const BODIES: Readonly<Record<string, RawAnswer>> = {
  'all at once': (res) => res.end(TEXT),
  'after a head': (res) =>
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(TEXT)),
  'after a head with its length': (res) =>
    res.writeHead(200, { 'content-length': Buffer.byteLength(TEXT) }).end(TEXT),
  'with its length set before': (res) => {
    res.setHeader('Content-Length', Buffer.byteLength(TEXT))
    res.end(TEXT)
  },
  'after a head, in pieces': (res) => {
    res.writeHead(200)
    res.write(TEXT)
    res.write(Buffer.from(TEXT))
    res.end(TEXT)
  },
  'after a head, in one piece that is not the last': (res) => {
    res.writeHead(200)
    res.write(TEXT)
    res.end()
  },
  'in pieces without a head': (res) => {
    res.write(TEXT)
    res.end(TEXT)
  },
  'after flushed headers': (res) => {
    res.flushHeaders()
    res.end(TEXT)
  },
  'after early hints': (res) =>
    res.writeEarlyHints({ link: '</style.css>; rel=preload' }, () => res.writeHead(200).end(TEXT)),
  'of bytes, after a head': (res) => res.writeHead(200).end(Buffer.from(TEXT)),
  'of an array of bytes, after a head': (res) => res.writeHead(200).end(new Uint8Array(300).fill(65)),
  'in base64, after a head': (res) => res.writeHead(200).end('dGhyZWU=', 'base64'),
  'in hex, after a head': (res) => res.writeHead(200).end('616263', 'hex'),
  'in UTF-16, after a head': (res) => res.writeHead(200).end('two', 'utf16le'),
  'in base64, all at once': (res) => res.end('dGhyZWU=', 'base64'),
  'with callbacks': (res) => {
    res.writeHead(200)
    res.write(TEXT, () => res.end(TEXT, () => {}))
  },
  'whose end has only a callback': (res) => {
    res.writeHead(200).write(TEXT)
    res.end(() => {})
  },
  'that is empty, after a head': (res) => res.writeHead(200).end(''),
  'that there is none of, after a head': (res) => res.writeHead(200).end(),
  'that ends twice': (res) => {
    res.on('error', () => {})
    res.writeHead(200).end('once')
    res.end('twice')
  },
  'that node does not send with 204': (res) => res.writeHead(204).end('nothing'),
  'that node does not send with 304': (res) => {
    res.writeHead(304).write('nothing')
    res.end('at all')
  },
  'that is piped after a head': (res) => void Readable.from([TEXT, TEXT]).pipe(res.writeHead(200)),
  'with trailers': (res) => {
    // Node rejects trailers without a body.
    if (res.req.method === 'HEAD') return void res.end()
    res.writeHead(200, { trailer: 'x-sum' })
    res.write(TEXT)
    res.addTrailers({ 'x-sum': '42' })
    res.end(TEXT)
  },
  'that is compressed on its way': (res) => {
    const { end } = res
    // Like compression middleware: replaces the response's `end`.
    res.end = ((body: string) => {
      res.writeHead(200, { 'content-encoding': 'gzip' })
      return Reflect.apply(end, res, [gzipSync(body)]) as typeof res
    }) as typeof end
    res.end(TEXT)
  },
  'that is compressed in pieces': (res) => {
    const { write, end } = res
    res.end = ((body: string) => {
      Reflect.apply(write, res, [gzipSync(body)])
      return Reflect.apply(end, res, []) as typeof res
    }) as typeof end
    res.writeHead(200, { 'content-encoding': 'gzip' })
    res.end(TEXT)
  },
}
