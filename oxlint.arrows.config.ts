import { defineConfig } from 'oxlint'

import { imports } from './oxlint.config.ts'

/** The arrows between our packages, and nothing else. */
export default defineConfig({ categories: { correctness: 'off' }, ...imports })
