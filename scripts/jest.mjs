import { fileURLToPath } from 'node:url'

/** The Node.js arguments for Jest: tests are ES modules, for which Jest still needs this flag. */
export const jest = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  fileURLToPath(import.meta.resolve('jest/bin/jest')),
]

/**
 * The Jest arguments for a report to `.ci/run`, which adds the reports up. Empty if no report is requested.
 *
 * @param name names the run
 */
export function reportTo(name) {
  const folder = process.env.JEST_REPORTS
  return folder ? ['--json', `--outputFile=${folder}/${name}.json`] : []
}
