import { messageOf, startChild, stopChild } from '../child.ts'
import { logPipe } from '../log-pipe.ts'
import { medianOf } from '../statistics.ts'

const MAIN = new URL('main.ts', import.meta.url)

/** Who writes: pino without any context, a child of pino's with a request's ids, or the logger of a request. */
const WRITERS = ['pino', 'pino child', 'sightline'] as const

export type WriterName = (typeof WRITERS)[number]

/** What a line costs, in nanoseconds of CPU time. */
export interface LineCost {
  /** Of a line that has a message only. */
  readonly message: number
  /** Of one with three fields. */
  readonly fields: number
}

/** What a line costs by one writer. */
export interface WriterCost extends LineCost {
  readonly writer: WriterName
}

/** Measures lines to standard output, a pipe: the writers in turn, each time in a fresh process. */
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
