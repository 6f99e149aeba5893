import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

import { installed, refusedLicences } from './check/installed.mjs'
import { publicNames } from './check/names.mjs'
import { missingPromises } from './check/promises.mjs'
import { minifiedBytes } from './check/size.mjs'
import { publishedPackages } from './packages.mjs'

/**
 * Compares each built package with its `surface.json`: exported names, code size, and number of dependencies.
 * `--update` writes the current values, also for a package without such a file.
 */
const { values: options } = parseArgs({ options: { update: { type: 'boolean', default: false } } })

/** The limit before growth needs a decision: a tenth more, at least 1,000 bytes. */
const roomy = (bytes) => Math.ceil(Math.max(bytes * 1.1, bytes + 1_000) / 1_000) * 1_000

const problems = []
for (const { name, folder, manifest } of publishedPackages()) {
  const packages = installed(folder)
  const found = {
    minifiedBytes: await minifiedBytes(`${folder}/dist`),
    installs: packages.length,
    names: publicNames(folder, manifest),
  }
  const file = `${folder}/surface.json`
  if (!existsSync(file)) {
    if (!options.update) {
      problems.push(`${name} has no ${file}`)
      continue
    }
    write(file, { ...found, minifiedBytes: roomy(found.minifiedBytes) })
  }
  const allowed = JSON.parse(readFileSync(file, 'utf8'))
  console.log(
    `${name.padEnd(24)} ${thousands(found.minifiedBytes)} of ${thousands(allowed.minifiedBytes)} bytes, ${found.installs} packages with it`,
  )

  const grown = found.minifiedBytes > allowed.minifiedBytes || found.installs > allowed.installs
  const changed = JSON.stringify(found.names) !== JSON.stringify(allowed.names)
  if (options.update && (grown || changed)) {
    const minified = grown ? roomy(found.minifiedBytes) : allowed.minifiedBytes
    write(file, { ...found, minifiedBytes: minified })
  } else {
    if (found.minifiedBytes > allowed.minifiedBytes)
      problems.push(
        `${name} is ${found.minifiedBytes} bytes, minified: more than the ${allowed.minifiedBytes} of ${file}`,
      )
    if (found.installs > allowed.installs)
      problems.push(
        `${name} brings ${found.installs} packages along: more than the ${allowed.installs} of ${file}`,
      )
    if (changed) problems.push(...differences(name, allowed.names, found.names))
  }
  problems.push(...refusedLicences(packages).map((problem) => `${name}: ${problem}`))
  problems.push(...missingPromises(folder, manifest).map((problem) => `${name}: ${problem}`))
}

if (problems.length > 0) {
  for (const problem of problems) console.error(`! ${problem}`)
  console.error('! What is meant to be so: pnpm check --update, and commit the changes of surface.json')
  process.exit(1)
}

/** Added and removed names, entry by entry. */
function differences(name, before, after) {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((entry) => {
    const was = new Set(before[entry] ?? [])
    const is = new Set(after[entry] ?? [])
    return [
      ...[...was.difference(is)].map((gone) => `${name}, entry ${entry}: ${gone} is no longer exported`),
      ...[...is.difference(was)].map((added) => `${name}, entry ${entry}: ${added} is exported anew`),
    ]
  })
}

function thousands(bytes) {
  return bytes.toLocaleString('en').padStart(8)
}

function write(file, surface) {
  writeFileSync(file, `${JSON.stringify(surface, null, 2)}\n`)
  execFileSync('oxfmt', [file])
  console.log(`> Wrote ${file}`)
}
