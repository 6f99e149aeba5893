import { readFileSync } from 'node:fs'
import { cpus, release } from 'node:os'

/** The machine and versions of a measurement. */
export interface Machine {
  readonly node: string
  readonly cpu: string
  readonly cores: number
  readonly kernel: string
  /** Versions of the measured packages. */
  readonly packages: Readonly<Record<string, string>>
}

export function thisMachine(): Machine {
  const cores = cpus()
  return {
    node: process.versions.node,
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    kernel: release(),
    packages: measuredPackages(),
  }
}

function measuredPackages(): Record<string, string> {
  const { dependencies } = readPackage('../package.json') as { dependencies: Record<string, string> }
  const names = Object.keys(dependencies).filter((name) => !name.startsWith('@sightline/'))
  return Object.fromEntries(
    names.map((name) => [
      name,
      (readPackage(`../node_modules/${name}/package.json`) as { version: string }).version,
    ]),
  )
}

// Read as a file: not every package exports its package.json.
function readPackage(path: string): unknown {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
}
