import { project } from '../jest.config.js'

/** Not one of the projects of `pnpm test`: `pnpm test:foreign` runs it. */
export default { ...project(import.meta.dirname), testTimeout: 60_000, forceExit: true }
