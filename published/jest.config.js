import { project } from '../jest.config.js'

/** Not one of the projects of `pnpm test`: what is published has to be built first, which `pnpm test:published` does. */
export default { ...project(import.meta.dirname), testTimeout: 60_000 }
