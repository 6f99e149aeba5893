import { fileURLToPath } from 'node:url'

/** How Node.js has to be called to run Jest here: tests are ES modules, and Jest still asks for this flag. */
export const jest = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  fileURLToPath(import.meta.resolve('jest/bin/jest')),
]

/**
 * What makes Jest leave a report for `.ci/run`, which adds them up: none where nobody asks for one.
 *
 * @param name names the run
 */
export function reportTo(name) {
  const folder = process.env.JEST_REPORTS
  return folder ? ['--json', `--outputFile=${folder}/${name}.json`] : []
}
