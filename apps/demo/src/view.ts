import { setTimeout as delay } from 'node:timers/promises'
import { stripVTControlCharacters, styleText } from 'node:util'

import type { Moment } from './day.ts'
import { type Reading, readStats } from './readings.ts'
import type { RunningService } from './service-process.ts'
import { tableOf } from './table.ts'
import type { Tally } from './traffic/tally.ts'

/** The content and duration of the view. */
export interface ViewSetup {
  readonly services: readonly RunningService[]
  readonly tally: Tally
  readonly moment: () => Moment
  readonly signal: AbortSignal
  readonly out: NodeJS.WriteStream
}

const REDRAW_EVERY_MS = 1_000
const PLAIN_EVERY_MS = 3_000
const BARS = '▁▂▃▄▅▆▇█'
const HISTORY = 60

const HIDE_CURSOR = '\u001B[?25l'
const SHOW_CURSOR = '\u001B[?25h'
const CLEAR_BELOW = '\u001B[J'
const upBy = (lines: number) => (lines > 0 ? `\u001B[${lines}F` : '')

/** Shows the state of the services until the signal: live on a terminal, otherwise as periodic lines. */
export async function showServices(setup: ViewSetup): Promise<void> {
  await (setup.out.isTTY ? drawServices(setup) : tellServices(setup))
}

async function tellServices({ services, moment, signal, out }: ViewSetup): Promise<void> {
  while (await passes(PLAIN_EVERY_MS, signal)) {
    const readings = await readAll(services)
    const told = services.map(({ name }, i) => `${name} ${figuresOf(readings[i]).join(' ')}`)
    out.write(`${moment().clock}  ${told.join('  |  ')}\n`)
  }
}

async function drawServices({ services, tally, moment, signal, out }: ViewSetup): Promise<void> {
  const history: number[] = []
  let drawn = 0
  let sentBefore = 0
  out.write(HIDE_CURSOR)
  try {
    do {
      history.push(tally.sent - sentBefore)
      sentBefore = tally.sent
      const frame = frameOf(services, await readAll(services), tally, moment(), history.slice(-HISTORY))
      const lines = frame.map((line) => fitted(line, out.columns))
      out.write(`${upBy(drawn)}${CLEAR_BELOW}${lines.join('\n')}\n`)
      drawn = lines.length
    } while (await passes(REDRAW_EVERY_MS, signal))
  } finally {
    out.write(SHOW_CURSOR)
  }
}

function frameOf(
  services: readonly RunningService[],
  readings: readonly Reading[],
  tally: Tally,
  { clock, happening }: Moment,
  history: readonly number[],
): string[] {
  const rows = services.map(({ name, framework }, i) => [
    name,
    styleText('dim', framework),
    ...figuresOf(readings[i]),
    readings[i]?.inProgress,
  ])
  const [heads = '', ...table] = tableOf(['service', '', 'requests', 'errors', 'p95', 'in progress'], rows)
  const outcomes = [
    `${tally.checkouts('paid')} paid`,
    `${tally.checkouts('card_declined')} declined`,
    `${tally.checkouts('out_of_stock')} out of stock`,
    `${tally.checkouts('payment_slow')} too slow`,
    `${tally.checkouts('internal_error')} bug`,
  ]
  return [
    `${styleText('bold', clock)}  ${styleText('cyan', sparkline(history))}  ${styleText('yellow', happening)}`,
    '',
    styleText('dim', `${heads}   (last minute)`),
    ...table,
    '',
    `${tally.present} in the shop, ${tally.sent} requests so far, ${tally.ended('left')} given up on`,
    `checkouts: ${outcomes.join(', ')}`,
    styleText('dim', 'Ctrl-C ends the day.'),
  ]
}

/** Rate, errors and p95 as text. Alarming errors are red. */
function figuresOf(reading: Reading): string[] {
  if (!reading) return [styleText('red', 'no answer'), '', '']
  const errors = `${(reading.errorRatio * 100).toFixed(1)} % errors`
  return [
    `${reading.rate.toFixed(1)}/s`,
    reading.errorRatio > 0.05 ? styleText('red', errors) : errors,
    `p95 ${(reading.p95 ?? 0).toFixed(0)} ms`,
  ]
}

function sparkline(values: readonly number[]): string {
  const most = Math.max(1, ...values)
  return values.map((value) => BARS[Math.round((value / most) * (BARS.length - 1))]).join('')
}

function readAll(services: readonly RunningService[]): Promise<Reading[]> {
  // A service without a response is shown as such. Its end is detected elsewhere.
  return Promise.all(services.map((service) => readStats(service).catch(() => undefined)))
}

/** A line wrapped by the terminal would break the next redraw. */
function fitted(line: string, columns: number): string {
  const plain = stripVTControlCharacters(line)
  return plain.length <= columns ? line : plain.slice(0, columns)
}

async function passes(ms: number, signal: AbortSignal): Promise<boolean> {
  await delay(ms, undefined, { signal }).catch(() => {})
  return !signal.aborted
}
