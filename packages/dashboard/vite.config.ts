import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'

import { defineConfig, type Plugin } from 'vite'

/** Writes the compressed forms beside the files, as the hub serves them. */
function compressed(): Plugin {
  let folder = ''
  return {
    name: 'compressed',
    apply: 'build',
    configResolved: (config) => {
      folder = config.build.outDir
    },
    closeBundle() {
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !/\.(?:html|js|css|svg)$/.test(entry.name)) continue
        const file = join(entry.parentPath, entry.name)
        const plain = readFileSync(file)
        writeFileSync(`${file}.br`, brotliCompressSync(plain))
        writeFileSync(`${file}.gz`, gzipSync(plain, { level: 9 }))
      }
    },
  }
}

/** Features of uPlot that the charts do not use, as they stand in its source. They are properties of what it exports, so that no bundler may leave them out. */
const UNUSED = [
  '(paths.stepped = stepped);',
  '(paths.spline  = monotoneCubic);',
  'uPlot.join = join;',
  'uPlot.fmtDate = fmtDate;',
  'uPlot.tzDate  = tzDate;',
  'uPlot.rangeLog = rangeLog;',
  'uPlot.rangeAsinh = rangeAsinh;',
]

/** Leaves out the features of uPlot that are not used: a thirteenth of it. */
function lean(): Plugin {
  return {
    name: 'lean',
    transform: {
      filter: { id: /uPlot\.esm\.js$/ },
      handler(code) {
        const missing = UNUSED.filter((text) => !code.includes(text))
        if (missing.length > 0) this.error(`uPlot has changed. It has no ${missing.join(' ')}`)
        return { code: UNUSED.reduce((rest, text) => rest.replace(text, ''), code), map: null }
      },
    },
  }
}

/** The address of a running hub, for `pnpm dev`. */
const hub = process.env['SIGHTLINE_HUB'] ?? 'http://127.0.0.1:4318'

export default defineConfig({
  root: import.meta.dirname,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: join(import.meta.dirname, 'dist'),
    emptyOutDir: true,
    target: 'es2022',
    // The hub's policy allows no script within a page.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    cssCodeSplit: false,
  },
  server: { proxy: { '/api': { target: hub, changeOrigin: true, headers: { origin: hub } } } },
  plugins: [lean(), compressed()],
})
