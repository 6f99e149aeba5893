import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

/**
 * The packages that npm gets, by name: what is in `packages` and not private.
 *
 * @returns {ReadonlyArray<{ name: string, folder: string, manifest: Record<string, any> }>}
 */
export function publishedPackages() {
  return readdirSync('packages')
    .map((name) => `packages/${name}`)
    .filter((folder) => existsSync(`${folder}/package.json`))
    .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) }))
    .filter(({ manifest }) => manifest.private !== true)
    .map(({ folder, manifest }) => ({ name: manifest.name, folder, manifest }))
}

/**
 * Makes the tarball that npm would get of a package that has been built.
 *
 * @returns {{ name: string, version: string, filename: string, size: number, files: ReadonlyArray<{ path: string }> }}
 */
export function pack(folder, destination) {
  return JSON.parse(pnpm(folder, ['pack', '--pack-destination', destination, '--json']))
}

/** The pnpm that has started this script, else the one that npx finds. */
const PNPM = process.env.npm_execpath?.endsWith('pnpm')
  ? [process.env.npm_execpath]
  : ['npx', '-y', 'pnpm@12']

/** What pnpm prints when it is called within a folder of the workspace. */
export function pnpm(folder, args) {
  const [program, ...first] = PNPM
  return execFileSync(program, [...first, ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 64 * 1024 * 1024,
  })
}
