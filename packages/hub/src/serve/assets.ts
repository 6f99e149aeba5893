import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, relative, sep } from 'node:path'

/** Answers a request for a file. Returns false where there is none of this path. */
export type Assets = (req: IncomingMessage, res: ServerResponse, path: string) => boolean

interface Asset {
  readonly type: string
  readonly tag: string
  readonly isImmutable: boolean
  readonly plain: Buffer
  readonly brotli: Buffer | undefined
  readonly gzip: Buffer | undefined
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}

/** A name with the hash of its contents: `main-BxK3v0aQ.js`. */
const HASHED = /[-.][\w-]{8,}\.\w+$/

/**
 * Reads the files of a built page into memory. Requests can only name files that were there at the start. A file beside
 * it that ends in `.br` or `.gz` is its compressed form.
 *
 * @param folder The build's folder
 */
export function createAssets(folder: string): Assets {
  const assets = new Map<string, Asset>()
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  const all = new Set(files)
  const compressed = (file: string) => (all.has(file) ? readFileSync(file) : undefined)
  for (const file of files) {
    const type = TYPES[extname(file)]
    if (type === undefined) continue
    const plain = readFileSync(file)
    const tag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`
    const name = relative(folder, file).split(sep).join('/')
    const isImmutable = HASHED.test(name)
    const asset = {
      type,
      tag,
      isImmutable,
      plain,
      brotli: compressed(`${file}.br`),
      gzip: compressed(`${file}.gz`),
    }
    assets.set(`/${name}`, asset)
    if (name === 'index.html') assets.set('/', asset)
  }

  return (req, res, path) => {
    const asset = assets.get(path)
    if (asset === undefined) return false
    res.setHeader('cache-control', asset.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache')
    res.setHeader('etag', asset.tag)
    res.setHeader('vary', 'accept-encoding')
    if (req.headers['if-none-match'] === asset.tag) {
      res.writeHead(304).end()
      return true
    }
    const [body, encoding] = bestOf(asset, req.headers['accept-encoding'] ?? '')
    if (encoding !== undefined) res.setHeader('content-encoding', encoding)
    res.writeHead(200, { 'content-type': asset.type, 'content-length': body.length })
    res.end(body)
    return true
  }
}

function bestOf({ plain, brotli, gzip }: Asset, accepted: string): [body: Buffer, encoding?: string] {
  const accepts = (name: string) =>
    new RegExp(`(?:^|,)\\s*${name}\\s*(?:$|,|;(?!\\s*q=0(?:\\.0*)?\\s*(?:$|,)))`, 'i').test(accepted)
  if (brotli && accepts('br')) return [brotli, 'br']
  if (gzip && accepts('gzip')) return [gzip, 'gzip']
  return [plain]
}
