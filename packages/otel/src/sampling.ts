import { shareOf } from '@sightline/core/telemetry'

/** Selects the traces to record. */
export interface SamplingOptions {
  /**
   * The sampled share of traces that begin here, from 0 to 1, decided by trace id so that services agree.
   * Default: 1.
   */
  readonly ratio?: number
  /** Whether the caller's sampling decision is followed. Default: true. */
  readonly parent?: boolean
  /**
   * Ratios by path. They override all other rules, including the caller's decision: `{ '/assets/*': 0,
   * '/orders/:id': 1 }`. `:name` matches one path segment, `*` at the end matches the rest. The first match
   * counts.
   */
  readonly routes?: Readonly<Record<string, number>>
  /** Whether failed requests are always recorded, with the spans inside them. Default: false. */
  readonly keepErrors?: boolean
  /** Duration in milliseconds from which requests are always recorded. Default: never. */
  readonly keepSlow?: number
}

/** Makes the sampling decisions. */
export interface Sampler {
  /**
   * Decides at the start.
   *
   * @param caller the caller's decision; `undefined`: the trace begins here
   * @param target the request target with its query; `undefined`: not a request
   */
  sample(traceId: string, caller: boolean | undefined, target: string | undefined): boolean
  /** Whether an unsampled request can still be recorded at its end. */
  readonly holds: boolean
  /** Decides at the end of an unsampled request. */
  keeps(failed: boolean, durationMs: number): boolean
}

/** Creates the sampler of a process. */
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

/** Compiles a path pattern, such as `/orders/:id` or `/assets/*`. */
function patternOf(pattern: string): RegExp {
  const source = pattern
    .replace(/[\\^$.|?+()[\]{}]/g, '\\$&')
    .replace(/:\w+/g, '[^/]+')
    .replace(/\*$/, '.*')
    .replace(/\*(?!$)/g, '[^/]*')
  return new RegExp(`^${source}$`)
}
