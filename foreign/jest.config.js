import { project } from '../jest.config.js'

/** Not a project of `pnpm test`: `pnpm test:foreign` runs it. */
export default { ...project(import.meta.dirname), testTimeout: 60_000, forceExit: true }
