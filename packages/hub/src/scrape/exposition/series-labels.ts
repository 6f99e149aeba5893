import type { Labels } from '../../store/samples.ts'
import { createRelabelling, isLabelName } from '../relabel.ts'
import type { Label } from './parser.ts'
import type { ScrapeSettings } from './scraped.ts'

const METRIC_NAME = /^[a-zA-Z_:][\w:]*$/

/** What the labels of a scraped series become. */
export interface SeriesLabels {
  /** The labels to store. `undefined`: relabelling drops the series. Throws an `Error` where they are not valid. */
  of(exposed: readonly Label[]): Labels | undefined
}

/** Adds the labels of the target to those of a series, and relabels them. */
export function createSeriesLabels({
  labels: target,
  honorLabels,
  metricRelabel,
}: Pick<ScrapeSettings, 'labels' | 'honorLabels' | 'metricRelabel'>): SeriesLabels {
  const relabel = createRelabelling(metricRelabel)
  return {
    of(written) {
      const exposed = new Map<string, string>()
      for (const [name, value] of written) {
        if (exposed.has(name)) throw new Error(`label name "${name}" is not unique`)
        exposed.set(name, value)
      }
      const labels = honorLabels ? honored(exposed, target) : exported(exposed, target)
      for (const [name, value] of labels) if (value === '') labels.delete(name)
      if (!relabel(labels) || labels.size === 0) return undefined
      const metric = labels.get('__name__')
      if (metric === undefined) throw new Error('missing metric name (__name__ label)')
      if (!METRIC_NAME.test(metric) || ![...labels.keys()].every(isLabelName))
        throw new Error(`invalid metric name or label names: ${JSON.stringify(Object.fromEntries(labels))}`)
      return Object.fromEntries(labels)
    },
  }
}

/** The labels of the body win, even empty ones: these take a label of the target away. */
function honored(exposed: ReadonlyMap<string, string>, target: Labels): Map<string, string> {
  return new Map([...Object.entries(target), ...exposed])
}

/** The labels of the target win. Those of the body with the same names are renamed, the shortest first. */
function exported(exposed: ReadonlyMap<string, string>, target: Labels): Map<string, string> {
  const labels = new Map([...exposed, ...Object.entries(target)])
  const conflicts = [...exposed].filter(([name, value]) => value !== '' && Object.hasOwn(target, name))
  conflicts.sort(([a], [b]) => a.length - b.length)
  for (const [name, value] of conflicts) {
    let renamed = `exported_${name}`
    while (labels.has(renamed)) renamed = `exported_${renamed}`
    labels.set(renamed, value)
  }
  return labels
}
