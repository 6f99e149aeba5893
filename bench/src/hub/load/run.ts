import { setTimeout as delay } from 'node:timers/promises'

import type { Body } from '../content/body.ts'
import type { StreamPlan } from './plan.ts'
import type { Sender } from './post.ts'
import { Tally } from './tally.ts'

const TICK_MS = 5

/** A stream that is ready to be sent. */
export interface Stream {
  readonly plan: StreamPlan
  /** The request of a number below `requests`. Those of one connection are asked for in their order. */
  readonly bodyAt: (index: number) => Body
  readonly sender: Sender
}

/** Sends a stream until its time is over, and waits for all answers. */
export async function run(stream: Stream, seconds: number): Promise<Tally> {
  const tally = new Tally(stream.plan.signal)
  await (stream.plan.perSecond === undefined
    ? follow(stream, seconds, tally)
    : pace(stream, stream.plan.perSecond, seconds, tally))
  return tally
}

/** Each connection sends its next request after an answer. */
async function follow({ plan, bodyAt, sender }: Stream, seconds: number, tally: Tally): Promise<void> {
  const end = performance.now() + seconds * 1_000
  await Promise.all(
    Array.from({ length: plan.connections }, async (_, connection) => {
      for (let at = connection; at < plan.requests; at += plan.connections) {
        const body = bodyAt(at)
        const due = performance.now()
        if (due >= end) return
        tally.add(await sender.send(body), body.items, due, performance.now())
      }
    }),
  )
}

/** Requests are due at a fixed rate, whatever the answers. Those of a connection that is busy wait for it. */
async function pace(
  { plan, bodyAt, sender }: Stream,
  perSecond: number,
  seconds: number,
  tally: Tally,
): Promise<void> {
  const begin = performance.now()
  const total = Math.round(seconds * perSecond)
  const connections = Array.from({ length: plan.connections }, () => Promise.resolve())
  for (let index = 0; index < total;) {
    const due = begin + (index / perSecond) * 1_000
    const early = due - performance.now()
    if (early > 0) {
      await delay(Math.max(TICK_MS, early))
      continue
    }
    const body = bodyAt(index % plan.requests)
    const connection = index++ % plan.connections
    connections[connection] = (connections[connection] ?? Promise.resolve()).then(async () =>
      tally.add(await sender.send(body), body.items, due, performance.now()),
    )
  }
  await Promise.all(connections)
}
