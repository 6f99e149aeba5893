import { fileURLToPath } from 'node:url'

/** How Node.js has to be called to run Jest here: tests are ES modules, and Jest still asks for this flag. */
export const jest = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  fileURLToPath(import.meta.resolve('jest/bin/jest')),
]
