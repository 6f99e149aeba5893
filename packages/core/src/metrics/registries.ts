import type { ExpositionFormat, Family, FamilyType } from './exposition.ts'
import { familyHead, labelText, numberText } from './exposition.ts'

/**
 * A registry of `@prometheus-io/client` or of its predecessor `prom-client`: what the two have in common, so that one
 * scrape can hold what was registered with either.
 */
export interface ClientRegistry {
  getMetricsAsJSON(): Promise<readonly object[]>
}

/** What both clients give for one metric. */
interface ClientMetric {
  readonly name: string
  readonly help: string
  readonly type: string
  readonly values?: readonly ClientValue[]
}

interface ClientValue {
  readonly value: number
  readonly labels?: Readonly<Record<string, string | number>>
  readonly metricName?: string
  readonly exemplar?: {
    readonly labelSet: Readonly<Record<string, string | number>>
    readonly value: number
    /** Seconds since the epoch. */
    readonly timestamp: number
  } | null
}

const TYPES = new Set<string>(['counter', 'gauge', 'histogram', 'summary'])

/** The families of a client's registry as they are now. */
export async function familiesOf(registry: ClientRegistry): Promise<Family[]> {
  // The shape is the same in both clients' types, which name it differently.
  const metrics = (await registry.getMetricsAsJSON()) as readonly ClientMetric[]
  return metrics.map((metric) => {
    const type = typeOf(metric)
    return { name: metric.name, help: metric.help, type, samples: (format) => samplesOf(metric, format) }
  })
}

/** The runtime's `nodejs_active_handles_total` and its like are gauges whose names only counters may have. */
function typeOf({ name, type }: ClientMetric): FamilyType {
  return TYPES.has(type) && !(type === 'gauge' && name.endsWith('_total')) ? (type as FamilyType) : 'unknown'
}

function* samplesOf({ name, type, values = [] }: ClientMetric, format: ExpositionFormat): Iterable<string> {
  const openmetrics = format === 'openmetrics'
  for (const { metricName = name, labels = {}, value, exemplar } of values) {
    // OpenMetrics demands the suffix of a counter, whatever its user has called it.
    const sample =
      openmetrics && type === 'counter' && !metricName.endsWith('_total') ? `${metricName}_total` : metricName
    const inside = labelText(labels)
    let line = `${sample}${inside === '' ? '' : `{${inside}}`} ${numberText(value)}`
    if (openmetrics && exemplar) {
      line += ` # {${labelText(exemplar.labelSet)}} ${numberText(exemplar.value)} ${exemplar.timestamp}`
    }
    yield `${line}\n`
  }
}

/** How many samples are written before others get their turn: about half a millisecond's worth. */
const SAMPLES_PER_TURN = 256

/**
 * Writes families as text in pieces that each take well under a millisecond, with a turn of the event loop between them.
 *
 * @returns the names of families that were there already and were therefore left out: the format allows each name once
 */
export async function writeFamilies(
  families: Iterable<Family>,
  format: ExpositionFormat,
  write: (text: string) => void,
): Promise<string[]> {
  const seen = new Set<string>()
  const repeated: string[] = []
  let samples = 0
  for (const family of families) {
    if (seen.has(family.name)) {
      repeated.push(family.name)
      continue
    }
    seen.add(family.name)
    let text = familyHead(family, format)
    for (const sample of family.samples(format)) {
      text += sample
      if (++samples % SAMPLES_PER_TURN === 0) {
        write(text)
        text = ''
        await nextTurn()
      }
    }
    write(text)
  }
  if (format === 'openmetrics') write('# EOF\n')
  return repeated
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
