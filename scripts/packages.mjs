import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

/**
 * The packages published to npm, by name: all in `packages` that are not private.
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
 * Packs a built package as for npm.
 *
 * @returns {{ name: string, version: string, filename: string, size: number, files: ReadonlyArray<{ path:
 * string }> }}
 */
export function pack(folder, destination) {
  return JSON.parse(pnpm(folder, ['pack', '--pack-destination', destination, '--json']))
}

/** The pnpm that started this script, otherwise the one from npx. */
const PNPM = process.env.npm_execpath?.endsWith('pnpm')
  ? [process.env.npm_execpath]
  : ['npx', '-y', 'pnpm@12']

/** The output of pnpm, called in a folder of the workspace. */
export function pnpm(folder, args) {
  const [program, ...first] = PNPM
  return execFileSync(program, [...first, ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 64 * 1024 * 1024,
  })
}
