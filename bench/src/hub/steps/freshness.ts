import { setTimeout as delay } from 'node:timers/promises'

import { quantile } from '../../statistics.ts'
import { createLogBodies } from '../content/logs.ts'
import { createSpanBodies, traceIdOf } from '../content/spans.ts'
import { createSender } from '../load/post.ts'
import { ask } from '../process/api.ts'
import { startHubProcess } from '../process/hub-process.ts'
import { prepareLoad } from '../process/load-process.ts'
import { mixedLoad } from './mixed.ts'
import type { Figure, StepContext } from './step.ts'

const SEED = 5
const POLL_MS = 5
const PAUSE_MS = 50

/** How long after its end a request can be found: its trace by id, and its log records by the trace. The mixed load goes on meanwhile. */
export async function measureFreshness({ seconds, folder, profiles, say }: StepContext): Promise<Figure[]> {
  const hub = await startHubProcess(folder(), profiles)
  const load = await prepareLoad(mixedLoad(hub.url, seconds, 1))
  const timeline = { seed: SEED, from: Date.now(), stepMs: 0 }
  const [spans, logs] = [createSpanBodies(timeline, 2), createLogBodies(timeline, 2)]
  const traces = createSender(hub.url, { signal: 'traces', gzip: false })
  const records = createSender(hub.url, { signal: 'logs', gzip: false })
  const times: number[] = []
  try {
    say(`freshness: ${seconds} seconds of probes`)
    const over = new AbortController()
    const running = load.run().finally(() => over.abort())
    for (let trace = 0; !over.signal.aborted; trace++) {
      const bodies = [spans(trace * 2), logs(trace)] as const
      const ended = performance.now()
      await Promise.all([traces.send(bodies[0]), records.send(bodies[1])])
      await found(hub.url, traceIdOf(SEED, trace))
      times.push(performance.now() - ended)
      await delay(PAUSE_MS)
    }
    await running
    await hub.close()
    return [
      {
        target: 'fresh',
        value: quantile(times, 0.95),
        note: `p50 ${quantile(times, 0.5).toFixed(0)} ms, ${times.length} probes`,
      },
    ]
  } finally {
    traces.close()
    records.close()
    await load.stop()
    await hub.kill()
  }
}

/** Waits until a trace has its spans and its log records. */
async function found(url: string, trace: string): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/api/traces/${trace}`)
    const text = await response.text()
    if (response.status === 200 && text.includes('"spanId"')) break
    await delay(POLL_MS)
  }
  for (;;) {
    const answer = (await ask(url, `/api/logs?trace=${trace}&from=now-1h`)) as { logs: unknown[] }
    if (answer.logs.length > 0) return
    await delay(POLL_MS)
  }
}
