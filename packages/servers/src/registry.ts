import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename } from 'node:path'

/** An npm registry that holds only the given packages. */
export interface PackageRegistry {
  /** The value for `@scope:registry=…` in a `.npmrc`. Other packages still come from their usual registry. */
  readonly url: string
  stop(): Promise<void>
}

interface Manifest {
  readonly name: string
  readonly version: string
}

/**
 * Serves tarballs as a registry does, so that they can be installed by name and version like published
 * packages. https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md
 */
export async function startRegistry(tarballs: readonly string[]): Promise<PackageRegistry> {
  const answers = new Map<string, Buffer>()
  const server = createServer((req, res) => {
    // npm encodes the slash of a scoped name as %2f.
    const answer = answers.get((req.url ?? '').replace(/%2f/i, '/'))
    if (answer) res.end(answer)
    else res.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not found"}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  for (const file of tarballs) {
    const tarball = await readFile(file)
    const manifest = manifestIn(file)
    const { name, version } = manifest
    const path = `/${name}/-/${basename(file)}`
    const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`
    const published = { ...manifest, dist: { tarball: url + path, integrity } }
    const document = { name, 'dist-tags': { latest: version }, versions: { [version]: published } }
    answers.set(path, tarball)
    answers.set(`/${name}`, Buffer.from(JSON.stringify(document)))
  }

  return {
    url,
    async stop() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** The `package.json` of a tarball. */
function manifestIn(file: string): Manifest {
  const text = execFileSync('tar', ['-xOzf', file, 'package/package.json'], { encoding: 'utf8' })
  return JSON.parse(text) as Manifest
}
