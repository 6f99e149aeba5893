/**
 * The two text formats that Prometheus reads:
 * https://prometheus.io/docs/instrumenting/exposition_formats/ and
 * https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md
 */

/** How a scrape is answered. */
export type ExpositionFormat = 'prometheus' | 'openmetrics'

/** The content types of the two formats. */
export const CONTENT_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
}

export type FamilyType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'unknown'

/**
 * How the values of several processes become those of a whole, by label set. `each`: they do not, and a label `worker`
 * tells them apart. `same`: all say the same of what they have in common, and it counts once.
 */
export type Across = 'sum' | 'min' | 'max' | 'average' | 'same' | 'each'

/** All series of one name. */
export interface Family {
  /** As in the text format: a counter's name ends in `_total`. */
  readonly name: string
  readonly help: string
  readonly type: FamilyType
  /** Default: `sum` for counters and histograms, else `each`. */
  readonly across?: Across
  /** One text of complete lines for each series, made when it is asked for: a long family can be written in pieces. */
  samples(format: ExpositionFormat): Iterable<string>
  /** The family with its numbers of this moment, whenever they are written. Absent: they are made in one go. */
  now?(format: ExpositionFormat): Family
}

/** A family with its numbers of this moment. */
export function familyNow(family: Family, format: ExpositionFormat): Family {
  if (family.now) return family.now(format)
  const { name, help, type, across } = family
  const lines = [...family.samples(format)]
  return { name, help, type, ...(across && { across }), samples: () => lines }
}

/** The lines that precede a family's samples. OpenMetrics names a counter without its `_total`. */
export function familyHead({ name, help, type }: Family, format: ExpositionFormat): string {
  const openmetrics = format === 'openmetrics'
  const shown = openmetrics && type === 'counter' ? name.replace(/_total$/, '') : name
  // What OpenMetrics calls unknown, the older format calls untyped.
  const kind = type === 'unknown' && !openmetrics ? 'untyped' : type
  return `# HELP ${shown} ${escapeHelp(help, openmetrics)}\n# TYPE ${shown} ${kind}\n`
}

/** `name="value",…` for the inside of a pair of braces. */
export function labelText(labels: Readonly<Record<string, string | number>>): string {
  let text = ''
  for (const name of Object.keys(labels)) {
    if (text !== '') text += ','
    text += `${name}="${escapeLabel(String(labels[name]))}"`
  }
  return text
}

/** A number as both formats write it. */
export function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value)
}

function escapeLabel(value: string): string {
  return /[\\"\n]/.test(value)
    ? value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')
    : value
}

function escapeHelp(help: string, openmetrics: boolean): string {
  const escaped = help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')
  return openmetrics ? escaped.replace(/"/g, '\\"') : escaped
}
