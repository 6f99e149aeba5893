import { type ReadonlySignal, useComputed } from '@preact/signals'

import { mapAnswer } from '../../api/answer.ts'
import type { Lines, useLines } from '../../api/series.ts'
import { LineChart } from '../../charts/line-chart.tsx'
import { CATEGORIES, lastOf } from '../../charts/lines.ts'
import type { ChartLine, LineStyle } from '../../charts/types.ts'
import { partOf } from '../../promql/together.ts'
import { type Resource, RESOURCES } from './resources.ts'
import type { Parts } from './service.ts'

/** Lines that are of several processes, in the order of their colours. */
export type Instances = ReadonlyMap<string, LineStyle>

/** The colours of processes: those that live now first, then those that have ended in the range. */
export function stylesOf(live: readonly string[], lines: Lines | undefined): Instances {
  const known = new Set(live)
  const ended = new Set(
    (lines?.lines ?? []).flatMap(({ labels: { instance } }) =>
      instance === undefined || known.has(instance) ? [] : instance,
    ),
  )
  const names = [...[...known].toSorted(), ...[...ended].toSorted()].slice(0, CATEGORIES)
  return new Map(names.map((name, n) => [name, `s${n + 1}` as LineStyle]))
}

/** Charts of what the processes of a service and their hosts use. */
export function ResourceCharts({
  marks,
  resources,
  hosts,
  styles,
}: Parts & {
  resources: ReturnType<typeof useLines>
  hosts: ReturnType<typeof useLines>
  styles: ReadonlySignal<Instances>
}) {
  // Until the answer is there, all have their frames.
  const shown = useComputed(() =>
    RESOURCES.filter(({ key, isHost }) => {
      const found = (isHost === true ? hosts : resources).answer.value.value
      return found === undefined || partOf(found, key).lines.length > 0
    }),
  )
  const missing = RESOURCES.filter((each) => !shown.value.includes(each))
  return (
    <section class="sec" id="resources" aria-labelledby="h-res">
      <div class="head">
        <h2 id="h-res">Resources</h2>
        <ul class="legend">
          {[...styles.value].map(([instance, style]) => (
            <li key={instance} class={style}>
              <span class="dot" />
              <bdi class="clip">{instance}</bdi>
            </li>
          ))}
        </ul>
      </div>
      <div class="grid tightrow">
        {shown.value.map((resource) => (
          <div key={resource.key} class="c3">
            <Chart
              resource={resource}
              marks={marks}
              resources={resource.isHost === true ? hosts : resources}
              styles={styles}
            />
          </div>
        ))}
      </div>
      {missing.length > 0 && (
        <p class="muted small">Not reported: {missing.map(({ title }) => title).join(', ')}.</p>
      )}
    </section>
  )
}

function Chart({
  resource: { key, title, of, unit, max, limit },
  marks,
  resources,
  styles,
}: Pick<Parts, 'marks'> & {
  resource: Resource
  resources: ReturnType<typeof useLines>
  styles: ReadonlySignal<Instances>
}) {
  const answer = useComputed(() => mapAnswer(resources.answer, (lines) => partOf(lines, key))).value
  const size = useComputed(() => limitOf(resources.answer.value.value, limit)).value
  return (
    <LineChart
      title={title}
      of={of}
      unit={unit}
      height="h6"
      answer={answer}
      retry={resources.retry}
      marks={marks}
      {...(max === undefined ? {} : { max })}
      {...(size === undefined ? {} : { threshold: { value: size, text: `size ${size}` } })}
      lines={(lines) => linesOf(lines, styles.value)}
    />
  )
}

/** The lines of processes in their colours. */
function linesOf({ lines }: Lines, styles: Instances): readonly ChartLine[] {
  return lines.flatMap(({ labels: { instance = '' }, values }) => {
    const style = styles.get(instance)
    return style === undefined ? [] : { label: instance, style, values }
  })
}

/** The limit that all processes have. */
function limitOf(lines: Lines | undefined, figure: string | undefined): number | undefined {
  if (lines === undefined || figure === undefined) return undefined
  const limits = new Set(partOf(lines, figure).lines.map(({ values }) => lastOf(values)))
  const [limit] = limits
  return limits.size === 1 && limit !== null ? limit : undefined
}
