import { globSync, readFileSync } from 'node:fs'

import { minify } from '@swc/core'

/** The code size of a built package: the sum of its minified modules, without comments and without pages, whose sizes have tests of their own. */
export async function minifiedBytes(dist) {
  const modules = globSync(`${dist}/**/*.js`, { exclude: [`${dist}/dashboard/**`] })
  if (modules.length === 0) throw new Error(`${dist} is empty: run pnpm build first`)
  const sizes = await Promise.all(
    modules.map(async (file) => {
      const { code } = await minify(readFileSync(file, 'utf8'), { module: true })
      return Buffer.byteLength(code)
    }),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
