import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Packages that a user has besides ours. */
const OTHERS = [
  'express@5',
  'fastify@5',
  'koa@3',
  '@koa/router@15',
  '@types/express@5',
  '@types/koa@3',
  '@types/node@22',
  'expect-type@1',
]

interface Manifest {
  readonly name: string
  readonly private?: boolean
}

/** A folder outside the workspace with the programs of `consumers` and their packages. */
export interface Project {
  readonly folder: string
  /** The names of our published packages, all installed in it. */
  readonly packages: readonly string[]
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Packs all built packages, and installs them with npm outside the workspace.
 *
 * @param programs the folder of `published` whose files are copied into the project
 * @param tools further packages to install
 */
export async function installedProject(
  programs = 'consumers',
  tools: readonly string[] = [],
): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'sightline-consumer-'))
  await cp(`${ROOT}published/${programs}`, folder, { recursive: true })

  const packed = await packedInto(folder)
  await writeFile(join(folder, 'package.json'), '{ "name": "consumer", "private": true }\n')
  const quickly = ['--prefer-offline', '--no-audit', '--no-fund']
  await run('npm', ['install', ...quickly, ...OTHERS, ...tools, ...packed.map(({ tarball }) => tarball)], {
    cwd: folder,
    env: ownEnvironment(),
  })

  return {
    folder,
    packages: packed.map(({ name }) => name),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}

/** A package as published to npm. */
interface PackedPackage {
  readonly name: string
  /** The path of its file. */
  readonly tarball: string
}

/** Packs all published packages as built. */
export async function packedInto(folder: string): Promise<readonly PackedPackage[]> {
  const packed: PackedPackage[] = []
  for (const name of await readdir(`${ROOT}packages`)) {
    const manifest = await manifestOf(`${ROOT}packages/${name}`)
    if (!manifest || manifest.private === true) continue
    const args = ['-y', 'pnpm@12', 'pack', '--pack-destination', folder, '--json']
    const { stdout } = await run('npx', args, { cwd: `${ROOT}packages/${name}` })
    packed.push({ name: manifest.name, tarball: (JSON.parse(stdout) as { filename: string }).filename })
  }
  return packed
}

async function manifestOf(folder: string): Promise<Manifest | undefined> {
  const text = await readFile(`${folder}/package.json`, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as Manifest)
}

/** The environment of a user with Node.js and npm, without variables of this workspace. */
export function ownEnvironment(variables: Record<string, string> = {}): NodeJS.ProcessEnv {
  const ours = /^(?:npm_|pnpm_|node_options$|node_env$|jest_|sightline_|otel_|database_|redis_|init_cwd$)/i
  const rest = Object.entries(process.env).filter(([name]) => !ours.test(name))
  const path = `${dirname(process.execPath)}:${process.env['PATH']}`
  return { ...Object.fromEntries(rest), PATH: path, ...variables }
}
