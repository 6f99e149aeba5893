import { createHash } from 'node:crypto'

import { countedBy } from './business.ts'
import { createChance } from './chance.ts'
import {
  HISTORY,
  incidentBefore,
  type Incident,
  INSTANCES,
  releaseAt,
  type ServiceName,
  SERVICES,
  severityAt,
} from './incident.ts'
import { createInstance, type Instance } from './instance.ts'
import { type Item, keyValues, message, nanoseconds } from './otlp.ts'
import { record, type Recording } from './recording.ts'
import { nextVisit, type Visit } from './visits.ts'

/** The telemetry of a span of time, as export requests of OTLP in JSON. */
export interface Telemetry {
  readonly traces: object
  readonly logs: object
  readonly metrics: object
  /** Requests of customers that ended within it. */
  readonly requests: number
}

/** A shop that lives as fast as it is asked. */
export interface Shop {
  readonly incident: Incident
  /** The telemetry since the last call, or since the shop opened. `to` in milliseconds since 1970. */
  until(to: number): Telemetry
}

/** Milliseconds between two readings of the metrics. */
const READING = 10_000
/** Requests of customers per second, at the busiest. */
const BUSIEST = 4

/** Creates a shop that opened `HISTORY` before `now`. The same `now` makes the same telemetry. */
export function createShop(now: number): Shop {
  const incident = incidentBefore(now)
  const chance = createChance(4_318)
  const hex = createIds(now)
  const opened = now - HISTORY
  const instances = new Map<string, Instance>()
  const underWay: Array<Recording & { readonly events: Visit['events']; readonly end: number }> = []
  let nextArrival = opened
  let nextReading = opened + READING
  let items: Record<'traces' | 'logs' | 'metrics', Item[]> = { traces: [], logs: [], metrics: [] }

  function instancesOf(service: ServiceName, time: number): readonly Instance[] {
    return Array.from({ length: INSTANCES }, (_, number) => {
      const release = releaseAt(service, number, time, incident)
      const key = `${service} ${release.since} ${number}`
      let instance = instances.get(key)
      if (instance === undefined) {
        instance = createInstance(service, release, number)
        instances.set(key, instance)
        items.logs.push({ at: release.since, instance, body: started(service, release) })
      }
      return instance
    })
  }

  function arrive(time: number): void {
    const visit = nextVisit(chance, severityAt(time, incident))
    const recording = record(visit.call, time, {
      hex,
      instanceOf({ service, number }) {
        const all = instancesOf(service, time)
        const instance = all[number ?? Math.floor(chance.next() * all.length)]
        if (instance === undefined) throw new Error(`${service} has no process ${number}`)
        return instance
      },
    })
    underWay.push({
      ...recording,
      events: visit.events,
      end: Math.max(...recording.spans.map(({ at }) => at)),
    })
    const wait = -Math.log(1 - chance.next()) / (BUSIEST * busyness(time))
    nextArrival = time + wait * 1_000
  }

  /** Takes over what has ended by then. */
  function settle(time: number): number {
    const ended = underWay.filter(({ end }) => end <= time)
    for (const recording of ended) {
      underWay.splice(underWay.indexOf(recording), 1)
      items.traces.push(...recording.spans)
      items.logs.push(...recording.logs)
      for (const { instance, served } of recording.requests) instance.meters.served(served)
      for (const event of recording.events) {
        const counts = recording.requests.find(({ instance }) => instance.service === countedBy(event))
        counts?.instance.meters.happened(event)
      }
    }
    return ended.length
  }

  function read(time: number): void {
    const weather = { severity: severityAt(time, incident), busyness: busyness(time) }
    for (const service of SERVICES)
      for (const instance of instancesOf(service, time))
        for (const [scope, body] of instance.meters.metrics(time, weather))
          items.metrics.push({ at: time, instance, scope, body })
  }

  return {
    incident,
    until(to) {
      let requests = 0
      while (Math.min(nextArrival, nextReading) <= to) {
        if (nextArrival < nextReading) {
          arrive(nextArrival)
        } else {
          requests += settle(nextReading)
          read(nextReading)
          nextReading += READING
        }
      }
      requests += settle(to)
      const { traces, logs, metrics } = items
      items = { traces: [], logs: [], metrics: [] }
      return {
        traces: message('traces', inOrder(traces)),
        logs: message('logs', inOrder(logs)),
        metrics: message('metrics', metrics),
        requests,
      }
    },
  }
}

function inOrder(items: readonly Item[]): readonly Item[] {
  return items.toSorted((a, b) => a.at - b.at)
}

/** The share of the busiest hour: it comes and goes within a quarter of an hour. */
function busyness(time: number): number {
  return 0.75 + 0.25 * Math.sin((time / 900_000) * 2 * Math.PI)
}

function started(service: ServiceName, { version, since }: { version: string; since: number }): object {
  return {
    timeUnixNano: nanoseconds(since),
    observedTimeUnixNano: nanoseconds(since),
    severityNumber: 9,
    severityText: 'info',
    body: { stringValue: `${service} ${version} is listening` },
    attributes: keyValues({ 'server.port': 3_000 }),
  }
}

/** Ids that differ from those of any other demo. */
function createIds(now: number): (bytes: number) => string {
  let count = 0
  return (bytes) =>
    createHash('sha256')
      .update(`${now} ${count++}`)
      .digest('hex')
      .slice(0, bytes * 2)
}
