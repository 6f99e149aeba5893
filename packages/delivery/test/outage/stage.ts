import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import type { Ledger } from '../../src/index.ts'
import { unexplained } from '../kit.ts'
import type { ServiceReport } from './service.ts'
import type { SinkMode, SinkReport } from './sink.ts'

/** A sink and a service that delivers to it, each in its own process, and the observations of both. */
export interface Stage {
  become(mode: SinkMode): Promise<void>
  /** Stops the sink's process. The kernel still accepts connections on its port. */
  freeze(): void
  thaw(): Promise<void>
  pass(ms: number): Promise<void>
  /** Returns the observations so far, and starts a new period. */
  look(): Sighting
  /** Ends the service, and returns the outcome. */
  finish(): Promise<Outcome>
}

export interface Sighting {
  /** Maximum resident memory of the service, in bytes. */
  readonly rss: number
  /** Latencies of a trivial route, in milliseconds, ascending. */
  readonly latencies: readonly number[]
}

interface Outcome {
  readonly ledgers: readonly Ledger[]
  readonly sink: SinkReport
  /** The largest imbalance of a ledger. */
  readonly unexplained: number
  /** Recovery time of the sink, in milliseconds since the epoch. */
  readonly recoveredAt: number
}

const REQUEST_EVERY_MS = 10
/**
 * V8 enlarges its space for new objects by tens of MiB at any time in the first minutes or hour. A fixed size
 * keeps that growth out of the measurement.
 */
const STEADY = ['--min-semi-space-size=16', '--max-semi-space-size=16']

export async function setStage(perSecond: number, isMeasured: boolean): Promise<Stage> {
  const sink = start('sink.ts', [])
  let [sinkReport] = (await once(sink, 'message')) as [SinkReport]
  const service = start('service.ts', [sinkReport.url, String(perSecond)], isMeasured ? STEADY : [])
  let latencies: number[] = []
  let rss = 0
  let worst = 0
  let recoveredAt = 0
  let [serviceReport] = (await once(service, 'message')) as [ServiceReport]
  const { port } = serviceReport
  service.on('message', (report: ServiceReport) => {
    serviceReport = report
    rss = Math.max(rss, report.rss)
    for (const ledger of report.ledgers) worst = Math.max(worst, Math.abs(unexplained(ledger)))
  })

  const agent = new Agent({ keepAlive: true })
  let isOver = false
  const requester =
    isMeasured &&
    setInterval(() => {
      const startedAt = performance.now()
      get({ port, host: '127.0.0.1', agent }, (res) => {
        res.resume().on('end', () => latencies.push(performance.now() - startedAt))
      }).on('error', (error) => {
        // The shutdown aborts the last requests.
        if (!isOver) throw error
      })
    }, REQUEST_EVERY_MS)

  async function ask(word: SinkMode | 'report'): Promise<void> {
    const answer = once(sink, 'message')
    sink.send(word)
    ;[sinkReport] = (await answer) as [SinkReport]
  }

  async function become(mode: SinkMode): Promise<void> {
    await ask(mode)
    if (mode === 'well') recoveredAt = Date.now()
  }

  return {
    become,
    freeze: () => void sink.kill('SIGSTOP'),
    async thaw() {
      sink.kill('SIGCONT')
      await become('well')
    },
    pass: (ms) => setTimeout(ms),
    look() {
      const seen = { rss, latencies: latencies.toSorted((a, b) => a - b) }
      latencies = []
      rss = 0
      return seen
    },
    async finish() {
      isOver = true
      if (requester) clearInterval(requester)
      agent.destroy()
      const ended = once(service, 'exit')
      service.send('end')
      await ended
      await ask('report')
      sink.disconnect()
      return { ledgers: serviceReport.ledgers, sink: sinkReport, unexplained: worst, recoveredAt }
    },
  }
}

function start(file: string, args: readonly string[], flags: readonly string[] = []): ChildProcess {
  return fork(fileURLToPath(new URL(file, import.meta.url)), args, {
    execArgv: ['--experimental-strip-types', '--no-warnings', '--conditions=@sightline/source', ...flags],
  })
}
