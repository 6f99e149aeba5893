import { project } from '../jest.config.js'

/** Not a project of `pnpm test`: the packages must be built first, as `pnpm test:published` does. */
export default { ...project(import.meta.dirname), testTimeout: 60_000 }
