import { parseSelector } from '@sightline/promql'

import type { Labels, MetricMetadata } from '../../store/samples.ts'
import type { TaskContext } from '../tasks/task.ts'
import { groupOf } from '../views/groups.ts'

/** A metric of services. */
export interface Instrument {
  /** The name in PromQL. Of histograms and summaries without `_bucket`, `_sum` and `_count`. */
  readonly name: string
  readonly type: MetricMetadata['type']
  readonly unit: string
  readonly help: string
  readonly jobs: readonly string[]
  /** Names of labels, without those that every series has. */
  readonly labels: readonly string[]
  /** Whether the application has created it, rather than a library or a runtime. */
  readonly business: boolean
  /** Selectors of a ratio that the application has declared: `of` divided by `to`. */
  readonly ratio: { readonly of: string; readonly to: string } | null
}

/** Series that declare ratios. */
const RATIOS = 'metric_ratio_info'
/** Time before the present in which a series must have a sample, in milliseconds. */
const RECENT_MS = 24 * 3_600_000
const OWN_LABELS = new Set(['__name__', 'job', 'instance', 'le', 'quantile'])

/**
 * Beginnings of names that applications do not give to their own metrics: those of the kit, of OpenTelemetry's semantic conventions, of
 * runtimes and their clients for Prometheus, of scrapes, and of the hub.
 */
const TECHNICAL = new RegExp(
  `^(?:${[
    'http|rpc|db|messaging|process|system|nodejs|v8js|service|health_check|sightline|traces|scrape|hub|job_duration|jobs_in_progress',
    'go|jvm|python|dotnet|aspnetcore|kestrel|signalr|container|k8s|faas|dns|hw|otel|otelcol|otlp|promhttp|prometheus|net_conntrack',
    'up$|target_info$|metric_ratio_info$|log_records_total$|exceptions_total$|graphql|aws|azure|gcp|cicd|gen_ai|feature_flag|ALERTS',
  ].join('|')})(?:_|$|(?<=\\$))`,
)

/** All metrics with a sample in the last day, by name, and the ratios that applications have declared. */
export async function instruments(
  { reader, signal }: TaskContext,
  { time, business }: { readonly time: number; readonly business?: boolean | undefined },
): Promise<readonly Instrument[]> {
  const metadata = await reader.metadata()
  const matchers = parseSelector('{__name__!=""}')
  const series = await reader.series([{ matchers, start: time - RECENT_MS, end: time, signal }])
  const found = new Map<string, { jobs: Set<string>; labels: Set<string> }>()
  const ratios: Instrument[] = []
  const names = new Set(series.map((labels) => labels['__name__'] ?? ''))
  for (const labels of series) {
    if (labels['__name__'] === RATIOS) ratios.push(ratioOf(labels))
    const name = baseName(labels['__name__'] ?? '', metadata, names)
    const entry = groupOf(found, name, () => ({ jobs: new Set<string>(), labels: new Set<string>() }))
    if (labels['job'] !== undefined) entry.jobs.add(labels['job'])
    for (const label of Object.keys(labels)) if (!OWN_LABELS.has(label)) entry.labels.add(label)
  }
  const all = [...found].map(([name, { jobs, labels }]): Instrument => {
    const type = names.has(`${name}_bucket`) ? 'histogram' : 'unknown'
    const { unit, help, ...known } = metadata.get(name) ?? { type, unit: '', help: '' }
    return {
      name,
      type: known.type,
      unit,
      help,
      jobs: [...jobs].toSorted(),
      labels: [...labels].toSorted(),
      business: !TECHNICAL.test(name),
      ratio: null,
    }
  })
  return [...all, ...uniqueByName(ratios)]
    .filter((each) => business === undefined || each.business === business)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** Each instance of a service declares its ratios. */
function uniqueByName(ratios: readonly Instrument[]): Instrument[] {
  return [...new Map(ratios.map((ratio) => [ratio.name, ratio])).values()]
}

function ratioOf(labels: Labels): Instrument {
  const { name = '', help = '', of = '', to = '', job } = labels
  return {
    name,
    type: 'gauge',
    unit: '1',
    help,
    jobs: job === undefined ? [] : [job],
    labels: [],
    business: true,
    ratio: { of, to },
  }
}

/** The name that the metadata of a series has. */
function baseName(
  name: string,
  metadata: ReadonlyMap<string, MetricMetadata>,
  names: ReadonlySet<string>,
): string {
  if (metadata.has(name)) return name
  const base = name.replace(/_(?:bucket|sum|count)$/, '')
  const type = metadata.get(base)?.type
  // Of a histogram whose type is not known.
  const hasBuckets = base !== name && names.has(`${base}_bucket`)
  return hasBuckets || type === 'histogram' || type === 'summary' ? base : name
}
