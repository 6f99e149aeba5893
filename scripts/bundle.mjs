import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'

import { build } from 'esbuild'

/**
 * Puts the modules of a built hub into few files: a program that starts several threads loads hundreds of modules otherwise, which
 * takes longer than all else at its start. The declarations stay as they are. Runs in the package's folder.
 */
const ENTRIES = [
  'dist/index.js',
  'dist/ingest/threads/event-thread.js',
  'dist/ingest/threads/keeper-thread.js',
  'dist/ingest/threads/series-thread.js',
  'dist/query/query-thread.js',
  'dist/store/sqlite/open-store.js',
]

const { metafile } = await build({
  entryPoints: ENTRIES,
  outdir: 'dist',
  outbase: 'dist',
  allowOverwrite: true,
  bundle: true,
  // Threads share chunks. They lie beside `index.js`, where `modules.ts` expects its code.
  splitting: true,
  chunkNames: 'chunk-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node22.16',
  external: ['yaml'],
  sourcemap: true,
  metafile: true,
  logLevel: 'warning',
})

const written = new Set(Object.keys(metafile.outputs))
for (const file of globSync('dist/**/*.{js,js.map}')) if (!written.has(file)) rmSync(file)

cpSync('../dashboard/dist', 'dist/dashboard', { recursive: true })

// What comes along from others keeps its notice.
const { dependencies: ofPages } = JSON.parse(readFileSync('../dashboard/package.json', 'utf8'))
const folders = new Set([
  ...Object.keys(metafile.inputs).flatMap(
    (input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input)?.[0] ?? [],
  ),
  ...Object.keys(ofPages).map((name) => `../dashboard/node_modules/${name}`),
])
const notices = [...folders].toSorted().map((folder) => {
  const { name, version } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'))
  const [notice] = globSync(`${folder}/{LICENSE,LICENCE,license}*`)
  if (notice === undefined) throw new Error(`${name} has no file with its licence`)
  return `${name} ${version}\n\n${readFileSync(notice, 'utf8').trim()}\n`
})
writeFileSync('dist/NOTICES.txt', notices.join('\n----\n\n'))
