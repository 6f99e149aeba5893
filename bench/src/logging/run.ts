import { messageOf, startChild, stopChild } from '../child.ts'
import { logPipe } from '../log-pipe.ts'
import { medianOf } from '../statistics.ts'

const MAIN = new URL('main.ts', import.meta.url)

/** The writers: pino without context, a child of pino with a request's ids, and the logger of a request. */
const WRITERS = ['pino', 'pino child', 'sightline'] as const

export type WriterName = (typeof WRITERS)[number]

/** The cost of a line, in nanoseconds of CPU time. */
export interface LineCost {
  /** A line with a message only. */
  readonly message: number
  /** A line with three fields. */
  readonly fields: number
}

/** The cost of a line per writer. */
export interface WriterCost extends LineCost {
  readonly writer: WriterName
}

/** Measures lines to standard output, a pipe. The writers take turns, each time in a new process. */
export async function measureLogging(
  lines: number,
  rounds: number,
  say: (text: string) => void,
): Promise<WriterCost[]> {
  const costs = new Map<WriterName, LineCost[]>(WRITERS.map((writer) => [writer, []]))
  for (let round = 1; round <= rounds; round++) {
    say(`logging: round ${round} of ${rounds}`)
    for (const [writer, measured] of costs) measured.push(await measureWriter(writer, lines))
  }
  return Array.from(costs, ([writer, measured]) => ({
    writer,
    message: medianOf(measured.map(({ message }) => message)),
    fields: medianOf(measured.map(({ fields }) => fields)),
  }))
}

async function measureWriter(writer: WriterName, lines: number): Promise<LineCost> {
  const pipe = logPipe('order accepted')
  const child = startChild({ module: MAIN, args: [writer, String(lines)], stdout: pipe.fd })
  try {
    const cost = await messageOf<LineCost>(child)
    await stopChild(child)
    await pipe.close()
    if ((await pipe.marked) === undefined) throw new Error(`${writer} has written no line`)
    return cost
  } finally {
    await stopChild(child)
  }
}
