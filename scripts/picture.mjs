import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'

/** Draws the final output of the demo, and one of its access events, as the picture in the README. */

const PICTURE = 'docs/demo.svg'
const WIDTH = 118
const LINE_HEIGHT = 18
const CHARACTER_WIDTH = 8.05
const MARGIN = 18

const demo = ['--conditions=@sightline/source', 'apps/demo/src/main.ts', '--for', '20']
console.log('> Running the demo for 20 seconds')
const { status, stdout } = spawnSync(process.execPath, demo, {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
})
if (status !== 0) throw new Error(`the demo ended with exit code ${status}`)

const log = stdout.match(/\S+\/storefront\.log/)?.[0]
const event = readFileSync(log, 'utf8')
  .split('\n')
  .find((line) => line.includes('checkout') && line.includes('"status":201'))

const start = stdout.indexOf('The shop is closed.')
const end = stdout.indexOf('Follow it yourself:')
const summary = stdout.slice(stdout.indexOf('\n\n', start), end).trim()
const command = `$ grep '"status":201' storefront.log | grep -m1 checkout`
const lines = ['$ npx -y pnpm@12 demo --for 20', '', ...summary.split('\n'), '', command, ...wrapped(event)]

writeFileSync(PICTURE, drawn(lines))
console.log(`> Drew ${PICTURE}`)

function wrapped(text) {
  const pieces = []
  for (let rest = text; rest !== ''; rest = rest.slice(WIDTH)) pieces.push(rest.slice(0, WIDTH))
  return pieces
}

function drawn(rows) {
  const width = Math.round(WIDTH * CHARACTER_WIDTH + 2 * MARGIN)
  const height = rows.length * LINE_HEIGHT + 2 * MARGIN
  const firstOfEvent = rows.indexOf(command) + 1
  const texts = rows.map((row, i) => {
    const y = MARGIN + (i + 0.75) * LINE_HEIGHT
    return `  <text x="${MARGIN}" y="${y}" fill="${i >= firstOfEvent ? '#f2cc8f' : colorOf(row)}" xml:space="preserve">${escaped(row)}</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="The demo's summary: generator, metrics, logs and hub agree">
  <rect width="100%" height="100%" rx="8" fill="#10151c"/>
  <g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13">
${texts.join('\n')}
  </g>
</svg>
`
}

function colorOf(row) {
  if (row.startsWith('$')) return '#7ee0a3'
  if (/^(service|One checkout)/.test(row)) return '#8ab4f8'
  return '#d5dde6'
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
