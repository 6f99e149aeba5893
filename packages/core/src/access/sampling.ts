import { shareOf } from '../context/trace-share.ts'
import { levelNumber } from '../log/levels.ts'
import type { SampleOptions } from '../options/options.ts'
import { wentWell } from '../record/failure.ts'
import { latencyMs } from '../record/latency.ts'
import type { RequestRecord } from '../seam.ts'
import type { Family } from '../series/family.ts'
import { labelled } from '../series/labels.ts'
import type { Rule, Said } from './event.ts'

/** A sampling ratio, and the fields that events get from it. */
interface Share {
  readonly has: (traceId: string) => boolean
  readonly said: Said
}

/**
 * Samples the events of requests that succeeded and were fast. The decision depends on the trace id, so all services
 * keep or drop the same traces.
 */
export function sampling({ ratio = 1, keepSlow = 1_000, routes = {} }: SampleOptions): Rule {
  const everywhere = share(ratio)
  const byRoute = new Map(Object.entries(routes).map(([route, own]) => [route, share(own)]))

  return (record, _request, said) => {
    if (isOfInterest(record, keepSlow) || levelNumber(said.level ?? 'info') >= levelNumber('warn')) return {}
    const { has, said: weighed } =
      (record.route === undefined ? undefined : byRoute.get(record.route)) ?? everywhere
    return has(record.trace.traceId) ? weighed : 'left out'
  }
}

function isOfInterest(record: RequestRecord, slowMs: number): boolean {
  return !wentWell(record) || (record.status ?? 0) >= 400 || latencyMs(record) >= slowMs
}

function share(ratio: number): Share {
  return { has: shareOf(ratio), said: ratio < 1 ? { fields: { sample_weight: 1 / ratio } } : {} }
}

/** Counts the events that sampling has left out. */
export class LeftOut {
  #count = 0

  add(): void {
    this.#count++
  }

  family(): Family {
    const name = 'sightline_access_events_left_out_total'
    const series = () => [{ ...labelled({}), value: this.#count }]
    return { name, help: 'Access events that were left out by sampling.', type: 'counter', series }
  }
}
