import { useReadings } from '../../api/series.ts'
import { unitOf } from '../../format/metrics.ts'
import { textOf } from '../../format/numbers.ts'
import { Shown } from '../../parts/shown.tsx'
import { Value } from '../../parts/value.tsx'
import { FIGURE } from '../../promql/together.ts'
import { useApp } from '../../state/app.ts'
import type { Instrument } from './instruments.ts'
import { stockQuery } from './queries.ts'

const ROWS = 5
/** Seconds in which something that runs out is worth a warning. */
const SOON = 3_600

/** A level by a label with many values, such as the stock by SKU: what runs out first is first. */
export function Stock({
  instrument: { name, unit },
  label,
  title,
  caption,
}: {
  instrument: Instrument
  label: string
  title: string
  caption: preact.JSX.Element
}) {
  const { address } = useApp()
  const { answer, retry } = useReadings(() => stockQuery(name, label))
  return (
    <figure class="chart tile">
      <figcaption>
        <h3>{title}</h3>
        <span class="of clip">{caption}</span>
      </figcaption>
      <Shown answer={answer} retry={retry} isEmpty={(all) => all.length === 0} empty="No data in this range.">
        {(readings) => {
          const of = (what: string) =>
            new Map(
              readings
                .filter(({ labels }) => labels[FIGURE] === what)
                .map(({ labels, value }) => [labels[label] ?? '', value]),
            )
          const [levels, paces, peaks] = [of('level'), of('pace'), of('peak')]
          const rows = [...levels].toSorted(([, a], [, b]) => a - b)
          return (
            <>
              <table class="tbl stock">
                <thead>
                  <tr>
                    <th scope="col">
                      {rows.length} {label}, lowest first
                    </th>
                    <th scope="col" class="num">
                      Left
                    </th>
                    <th scope="col">
                      <span class="sr">Share of the highest level</span>
                    </th>
                    <th scope="col" class="num">
                      Runs out in
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {rows.slice(0, ROWS).map(([value, level]) => {
                    const pace = paces.get(value) ?? 0
                    const runsOut = pace < 0 && level > 0 ? level / -pace : undefined
                    const state = level <= 0 ? 'bad' : runsOut !== undefined && runsOut < SOON ? 'warn' : ''
                    const peak = peaks.get(value) ?? level
                    return (
                      <tr key={value}>
                        <th scope="row" class="clip" title={value}>
                          <code>{value}</code>
                        </th>
                        <td class={`num ${state}`}>
                          <Value of={level} unit={unitOf(name, unit)} />
                        </td>
                        <td>
                          <span class={`part ${state}`}>
                            <i style={{ width: `${peak > 0 ? Math.min(100, (level / peak) * 100) : 0}%` }} />
                          </span>
                        </td>
                        <td class={`num ${state || 'muted'}`}>
                          {runsOut !== undefined && textOf(runsOut, 's')}
                        </td>
                      </tr>
                    )
                  })}
                </tbody>
              </table>
              {rows.length > ROWS && (
                <p class="small">
                  <a href={address.to('/explore', { q: `sum by (${label}) (${name})`, view: 'table' })}>
                    {rows.length - ROWS} more
                  </a>
                </p>
              )}
            </>
          )
        }}
      </Shown>
    </figure>
  )
}
