import { shareOf } from '@sightline/core/telemetry'

/** Which traces are recorded. */
export interface SamplingOptions {
  /** The share of traces that begin here, from 0 to 1, by their ids: services that share a trace agree. Default: 1. */
  readonly ratio?: number
  /** Whether a caller that has decided is followed. Default: true. */
  readonly parent?: boolean
  /**
   * Shares by path, before all other rules, the caller's decision included: `{ '/assets/*': 0, '/orders/:id': 1 }`. A
   * `:name` stands for one part of a path, a `*` at the end for all the rest. The first that fits counts.
   */
  readonly routes?: Readonly<Record<string, number>>
  /** Whether requests that fail are recorded in any case, with what was traced in them. Default: false. */
  readonly keepErrors?: boolean
  /** Milliseconds from which on requests are recorded in any case. Default: never. */
  readonly keepSlow?: number
}

/** Decides about traces. */
export interface Sampler {
  /**
   * Decides at the start.
   *
   * @param caller what the caller has decided; `undefined`: the trace begins here
   * @param target the request's, with its query; `undefined`: it is no request
   */
  sample(traceId: string, caller: boolean | undefined, target: string | undefined): boolean
  /** Whether requests that were not chosen at the start have another chance at their end. */
  readonly holds: boolean
  /** Decides at the end about a request that was not chosen. */
  keeps(failed: boolean, durationMs: number): boolean
}

/** Makes the sampler of one process. */
export function createSampler({
  ratio = 1,
  parent = true,
  routes = {},
  keepErrors = false,
  keepSlow = Number.POSITIVE_INFINITY,
}: SamplingOptions): Sampler {
  const chosen = shareOf(ratio)
  const rules = Object.entries(routes).map(([pattern, share]) => ({
    pattern: patternOf(pattern),
    chosen: shareOf(share),
  }))

  function ruleFor(target: string) {
    const query = target.indexOf('?')
    const path = query < 0 ? target : target.slice(0, query)
    return rules.find(({ pattern }) => pattern.test(path))
  }

  return {
    sample(traceId, caller, target) {
      const rule = rules.length > 0 && target !== undefined ? ruleFor(target) : undefined
      if (rule) return rule.chosen(traceId)
      return parent && caller !== undefined ? caller : chosen(traceId)
    },
    holds: keepErrors || Number.isFinite(keepSlow),
    keeps: (failed, durationMs) => (keepErrors && failed) || durationMs >= keepSlow,
  }
}

/** A pattern such as `/orders/:id` or `/assets/*` as one of paths. */
function patternOf(pattern: string): RegExp {
  const source = pattern
    .replace(/[\\^$.|?+()[\]{}]/g, '\\$&')
    .replace(/:\w+/g, '[^/]+')
    .replace(/\*$/, '.*')
    .replace(/\*(?!$)/g, '[^/]*')
  return new RegExp(`^${source}$`)
}
