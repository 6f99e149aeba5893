import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { messageOf } from '../content/logs.ts'
import { METRIC_SENDERS } from '../content/metrics.ts'
import type { Signal, StreamPlan, StreamReport } from '../load/plan.ts'
import { startHubProcess } from '../process/hub-process.ts'
import { runLoad } from '../process/load-process.ts'
import { surprisesOf } from './accounting.ts'
import { type BareLoop, runBareLoop } from './bare-loop.ts'
import type { Figure, StepContext } from './step.ts'

const CONNECTIONS = 8
/** So that the rate of a machine that is faster than the target is seen. */
const HEADROOM = 1.6
const WARM_UP_REQUESTS = 96
const DAY_MS = 86_400_000
const MESSAGES = 10_000

/** Rates per second of the machine of the targets, and items of a request. */
const SIGNALS = {
  traces: { name: 'spans', items: 512, rate: 60_000, disk: 'span-bytes' },
  logs: { name: 'logs', items: 512, rate: 60_000, disk: 'log-bytes' },
  metrics: { name: 'points', items: 500, rate: 200_000, disk: undefined },
} as const

/** Stores as much of one signal as the hub takes, and compares the rate with that of a bare loop. */
export async function measureIngest(signal: Signal, context: StepContext): Promise<Figure[]> {
  const { name, items, rate, disk } = SIGNALS[signal]
  const { seconds, scale, say } = context
  const folder = context.folder()
  const now = Date.now()
  const plan = {
    signal,
    items,
    connections: CONNECTIONS,
    gzip: true,
    requests: Math.ceil((seconds * rate * HEADROOM) / scale / items / METRIC_SENDERS) * METRIC_SENDERS,
  }
  const hub = await startHubProcess(folder, context.profiles)
  try {
    say(`${name}: warm-up`)
    const warmUp = {
      ...plan,
      requests: WARM_UP_REQUESTS,
      timeline: { seed: 2, from: now - DAY_MS, stepMs: 10 },
    }
    const [warm] = await send(hub.url, seconds, warmUp)
    say(`${name}: ${plan.requests} requests of ${items}`)
    const load = {
      ...plan,
      timeline: { seed: 1, from: now - DAY_MS / 2, stepMs: signal === 'metrics' ? 10_000 : 1 },
    }
    const cpuBefore = hub.cpuMs()
    const [report] = await send(hub.url, seconds, load)
    const cpu = ((hub.cpuMs() - cpuBefore) * 1e3) / report.accepted
    const rss = hub.peakRss()
    await hub.close()
    const bare = runBareLoop(plan, seconds / 2)
    return [
      {
        target: name,
        value: report.accepted / report.seconds,
        note: `${cpu.toFixed(1)} µs of CPU each, RSS ${(rss / 1e6).toFixed(0)} MB`,
      },
      {
        target: `${name}-bare`,
        value: report.accepted / report.seconds / bare.perSecond,
        note: bareNote(bare),
      },
      ...(disk === undefined
        ? []
        : [diskFigure(disk, segmentBytes(folder) / (report.accepted + warm.accepted))]),
    ]
  } finally {
    await hub.kill()
  }
}

/** Sends a stream of which all must be accepted. */
async function send(url: string, seconds: number, stream: StreamPlan): Promise<[StreamReport]> {
  const [report] = await runLoad({ url, seconds, streams: [stream] })
  if (report === undefined) throw new Error('The load has no report')
  if (surprisesOf([report], ['200']) > 0)
    throw new Error(
      `Requests of ${stream.signal} failed: ${JSON.stringify(report.outcomes)}, ${report.partial} in part`,
    )
  return [report]
}

function bareNote({ perSecond, cpuMicros }: BareLoop): string {
  return `bare loop ${Math.round(perSecond).toLocaleString('en')}/s, ${cpuMicros.toFixed(1)} µs of CPU each`
}

function diskFigure(target: 'span-bytes' | 'log-bytes', bytes: number): Figure {
  if (target === 'span-bytes') return { target, value: bytes }
  const texts = Array.from({ length: MESSAGES }, (_, record) => Buffer.byteLength(messageOf(1, record)))
  const text = texts.reduce((sum, length) => sum + length, 0) / MESSAGES
  return { target, value: bytes - text, note: `${bytes.toFixed(0)} with its text of ${text.toFixed(0)}` }
}

/** Bytes of the segments of events. Those that are still in a log of SQLite, whose size is limited, count at their place in the segment. */
function segmentBytes(folder: string): number {
  const events = join(folder, 'events')
  return readdirSync(events)
    .filter((file) => file.endsWith('.db'))
    .reduce((sum, file) => {
      const db = new DatabaseSync(join(events, file), { readOnly: true })
      const [pages, size] = ['page_count', 'page_size'].map((name) =>
        Number(db.prepare(`PRAGMA ${name}`).get()?.[name]),
      )
      db.close()
      return sum + (pages ?? 0) * (size ?? 0)
    }, 0)
}
