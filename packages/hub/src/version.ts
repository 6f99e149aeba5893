import { readFileSync } from 'node:fs'

/** The version of the hub, from its package. */
export const VERSION: string = versionOf(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

function versionOf(manifest: string): string {
  // The package's own manifest has a version.
  const { version } = JSON.parse(manifest) as { version: string }
  return version
}
