import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import getReleasePlan from '@changesets/get-release-plan'

import { pack, publishedPackages } from './packages.mjs'

/**
 * Publishes the built packages. `--dry-run` does everything else, and prints the packages. `pnpm run version`
 * sets versions and changelogs before.
 */
const { values: options } = parseArgs({ options: { 'dry-run': { type: 'boolean', default: false } } })

const { releases } = await getReleasePlan(process.cwd())
const planned = new Map(releases.map(({ name, newVersion }) => [name, newVersion]))

run('turbo', ['run', 'build', '--filter=./packages/*'])
const tarballs = mkdtempSync(join(tmpdir(), 'sightline-release-'))
try {
  for (const { name, folder, manifest } of publishedPackages()) {
    const { filename, size, files, version } = pack(folder, tarballs)
    const problem = problemOf(filename, files)
    if (problem) throw new Error(`${name} cannot be published: ${problem}`)
    const next = planned.get(name) ?? version
    const kilobytes = `${(size / 1_000).toFixed(1)} kB in ${files.length} files`
    console.log(
      `> ${name}@${next}${next === manifest.version ? '' : ` (now ${manifest.version})`}, ${kilobytes}`,
    )
  }
} finally {
  rmSync(tarballs, { recursive: true })
}

if (options['dry-run']) {
  console.log('> A dry run: nothing was published')
} else {
  if (planned.size > 0)
    refuse('there are changesets without a version: run pnpm run version and commit what it writes')
  if (spawnSync('npm', ['whoami'], { stdio: 'ignore' }).status !== 0)
    refuse('npm does not know who publishes: it needs a token that may publish @sightline')
  run('changeset', ['publish'])
}

/** The reason why a tarball would not work for its users. */
function problemOf(tarball, files) {
  const paths = new Set(files.map(({ path }) => path))
  for (const needed of ['README.md', 'LICENSE']) if (!paths.has(needed)) return `it has no ${needed}`
  const packed = JSON.parse(
    execFileSync('tar', ['--extract', '--to-stdout', '--file', tarball, 'package/package.json'], {
      encoding: 'utf8',
    }),
  )
  const targets = Object.values(packed.exports).flatMap((target) =>
    typeof target === 'string' ? [target] : Object.values(target),
  )
  const absent = targets.find((target) => !paths.has(target.replace('./', '')))
  if (absent) return `exports lead to ${absent}, which is not in it`
  const unresolved = Object.entries({ ...packed.dependencies, ...packed.peerDependencies }).find(
    ([, range]) => range.startsWith('workspace:'),
  )
  return (
    unresolved && `it depends on ${unresolved[0]} as ${unresolved[1]}, which only this workspace understands`
  )
}

function refuse(reason) {
  console.error(`! Nothing was published: ${reason}`)
  process.exit(1)
}

function run(command, args) {
  const { status } = spawnSync(command, args, { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
