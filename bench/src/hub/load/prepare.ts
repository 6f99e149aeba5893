import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

import type { Body } from '../content/body.ts'
import { createLogBodies } from '../content/logs.ts'
import { createMetricBodies, LARGE_EXPORT, SMALL_EXPORT } from '../content/metrics.ts'
import { createSpanBodies } from '../content/spans.ts'
import type { StreamPlan } from './plan.ts'

const compress = promisify(gzip)
/** Bodies that are compressed at the same time. */
const AT_ONCE = 8
const SMALL_ITEMS = 100

/** The source of a stream's bodies, which are asked for in their order. */
export function contentOf({ signal, items, timeline }: StreamPlan): (index: number) => Body {
  switch (signal) {
    case 'traces':
      return createSpanBodies(timeline, items)
    case 'logs':
      return createLogBodies(timeline, items)
    case 'metrics':
      return createMetricBodies(timeline, items <= SMALL_ITEMS ? SMALL_EXPORT : LARGE_EXPORT)
  }
}

/** The bodies of a stream as they are sent, by their number. */
export async function prepare(plan: StreamPlan): Promise<(index: number) => Body> {
  const content = contentOf(plan)
  if (plan.late) return content
  const bodies: Body[] = []
  while (bodies.length < plan.requests) {
    const some = Array.from({ length: Math.min(AT_ONCE, plan.requests - bodies.length) }, (_, index) =>
      content(bodies.length + index),
    )
    bodies.push(...(plan.gzip ? await Promise.all(some.map(compressed)) : some))
  }
  return (index) => {
    const body = bodies[index]
    if (body === undefined) throw new RangeError(`The stream has no request ${index}.`)
    return body
  }
}

async function compressed({ body, items }: Body): Promise<Body> {
  return { body: await compress(body), items }
}
