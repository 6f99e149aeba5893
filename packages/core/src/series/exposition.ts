/**
 * The two text formats that Prometheus reads:
 * https://prometheus.io/docs/instrumenting/exposition_formats/ and
 * https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md
 */
import type {
  Exemplar,
  Family,
  HistogramFamily,
  HistogramSeries,
  NumberFamily,
  NumberSeries,
  SummaryFamily,
  SummarySeries,
} from './family.ts'
import { escapeLabel, labelText } from './labels.ts'

/** The format of a scrape. */
export type ExpositionFormat = 'prometheus' | 'openmetrics'

/** The content types of the two formats. */
export const CONTENT_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
}

/** The lines before a family's samples. In OpenMetrics, the name of a counter has no `_total` here. */
export function familyHead({ name, help, type }: Family, format: ExpositionFormat): string {
  const openmetrics = format === 'openmetrics'
  const shown = openmetrics && type === 'counter' ? name.replace(/_total$/, '') : name
  // The type `unknown` of OpenMetrics is `untyped` in the older format.
  const kind = type === 'unknown' && !openmetrics ? 'untyped' : type
  return `# HELP ${shown} ${escapeHelp(help, openmetrics)}\n# TYPE ${shown} ${kind}\n`
}

/** Characters per piece: about a quarter of a millisecond of work. */
export const PIECE_LENGTH = 32_768

/** The samples of a family as complete lines. A long family is split into pieces. */
export function linesOf(family: Family, format: ExpositionFormat): Iterable<string> {
  switch (family.type) {
    case 'histogram':
      return written(family.series(), histogramWriter(family, format))
    case 'summary':
      return written(family.series(), summaryWriter(family))
    default:
      return written(family.series(), numberWriter(family, format))
  }
}

function* written<S>(all: Iterable<S>, write: (series: S) => string): Iterable<string> {
  let text = ''
  for (const series of all) {
    text += write(series)
    if (text.length < PIECE_LENGTH) continue
    yield text
    text = ''
  }
  yield text
}

function numberWriter(
  { name, type }: NumberFamily,
  format: ExpositionFormat,
): (series: NumberSeries) => string {
  const openmetrics = format === 'openmetrics'
  // OpenMetrics requires the suffix of a counter, whatever its name is.
  const sample = openmetrics && type === 'counter' && !name.endsWith('_total') ? `${name}_total` : name
  return ({ labelText: labels, value, exemplar }) => {
    const shown = openmetrics && exemplar ? exemplarText(exemplar) : ''
    return `${sample}${braces(labels)} ${numberText(value)}${shown}\n`
  }
}

function histogramWriter(
  { name }: HistogramFamily,
  format: ExpositionFormat,
): (series: HistogramSeries) => string {
  let bounds: readonly number[] | undefined
  let les: readonly string[] = []
  return (series) => {
    if (series.bounds !== bounds) {
      bounds = series.bounds
      les = [...bounds.map(numberText), '+Inf']
    }
    const { labelText: labels } = series
    const exemplars = format === 'openmetrics' ? series.exemplars : undefined
    const prefix = `${name}_bucket{${labels === '' ? '' : `${labels},`}le="`
    let total = 0
    let text = ''
    for (let i = 0; i < les.length; i++) {
      total += series.inBucket(i)
      text += `${prefix}${les[i]}"} ${total}`
      const exemplar = exemplars?.[i]
      if (exemplar) text += exemplarText(exemplar)
      text += '\n'
    }
    const around = braces(labels)
    return `${text}${name}_sum${around} ${numberText(series.sum)}\n${name}_count${around} ${total}\n`
  }
}

function summaryWriter({ name }: SummaryFamily): (series: SummarySeries) => string {
  return ({ labelText: labels, quantiles, sum, count }) => {
    const prefix = `${name}{${labels === '' ? '' : `${labels},`}quantile="`
    let text = ''
    for (const { quantile, value } of quantiles)
      text += `${prefix}${numberText(quantile)}"} ${numberText(value)}\n`
    const around = braces(labels)
    return `${text}${name}_sum${around} ${numberText(sum)}\n${name}_count${around} ${numberText(count)}\n`
  }
}

function exemplarText({ traceId, spanId, labels, value, time }: Exemplar): string {
  let inside = traceId === undefined ? '' : `trace_id="${escapeLabel(traceId)}"`
  if (spanId !== undefined) inside += `${inside === '' ? '' : ','}span_id="${escapeLabel(spanId)}"`
  if (labels) inside += `${inside === '' ? '' : ','}${labelText(labels)}`
  const at = time === undefined ? '' : ` ${time / 1_000}`
  return ` # {${inside}} ${numberText(value)}${at}`
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value)
}

function braces(labels: string): string {
  return labels === '' ? '' : `{${labels}}`
}

function escapeHelp(help: string, openmetrics: boolean): string {
  const escaped = help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')
  return openmetrics ? escaped.replace(/"/g, '\\"') : escaped
}
