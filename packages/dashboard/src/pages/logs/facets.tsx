import { useSignal } from '@preact/signals'

import { grouped } from '../../format/numbers.ts'
import { graveOf, LEVELS } from '../../logs/log.ts'
import type { Facet } from '../../search/fields.ts'
import { toggled, valuesOf } from '../../search/terms.ts'

/** The fields beside the list, in this order, and their titles. */
export const FACETS: ReadonlyArray<readonly [field: string, title: string]> = [
  ['level', 'Level'],
  ['service', 'Service'],
  ['instance', 'Instance'],
  ['version', 'Version'],
  ['route', 'Route'],
  ['error', 'Error type'],
]
const FEW = 5

/** The most frequent values of fields among the lines that are found. A press demands a value, or takes that back. */
export function Facets({
  facets,
  q,
  onSearch,
}: {
  facets: readonly Facet[]
  q: string
  onSearch: (q: string) => void
}) {
  return (
    <aside class="facets" aria-labelledby="h-facets">
      <h2 id="h-facets" class="sr">
        Narrow down
      </h2>
      {FACETS.map(([field, title]) => {
        const pressed = valuesOf(q, field)
        const found = (facets.find((facet) => facet.field === field)?.values ?? [])
          .filter(({ value }) => value !== '')
          .toSorted(field === 'level' ? (a, b) => LEVELS.indexOf(b.value) - LEVELS.indexOf(a.value) : () => 0)
        const missing = pressed
          .filter((value) => found.every((each) => each.value !== value))
          .map((value) => ({ value, count: 0 }))
        const values = [...missing, ...found]
        // A service alone tells nothing that the list does not.
        if (values.length < (field === 'service' && pressed.length === 0 ? 2 : 1)) return null
        return (
          <Values
            key={field}
            title={title}
            field={field}
            values={values}
            pressed={pressed}
            toggle={(value) => onSearch(toggled(q, field, value))}
          />
        )
      })}
    </aside>
  )
}

function Values({
  title,
  field,
  values,
  pressed,
  toggle,
}: {
  title: string
  field: string
  values: Facet['values']
  pressed: readonly string[]
  toggle: (value: string) => void
}) {
  const isLong = useSignal(false)
  const all = values.reduce((sum, { count }) => sum + count, 0)
  const shown = isLong.value ? values : values.slice(0, FEW)
  return (
    <section>
      <h3>{title}</h3>
      <ul>
        {shown.map(({ value, count }) => (
          <li key={value}>
            <button
              type="button"
              aria-pressed={pressed.includes(value)}
              title={value}
              onClick={() => toggle(value)}
            >
              <span class={field === 'route' ? 'v mono clip' : 'v clip'}>
                {field === 'level' ? (
                  <span class="lv" data-level={graveOf(value)}>
                    {value}
                  </span>
                ) : (
                  <bdi>{value}</bdi>
                )}
              </span>
              <span class="n">{grouped(count)}</span>
              <span class="part">
                <i style={{ width: `${all === 0 ? 0 : (count / all) * 100}%` }} />
              </span>
            </button>
          </li>
        ))}
      </ul>
      {values.length > FEW && (
        <button
          type="button"
          class="linkish small"
          aria-expanded={isLong.value}
          onClick={() => (isLong.value = !isLong.value)}
        >
          {isLong.value ? 'Fewer' : `${values.length - FEW} more`}
        </button>
      )}
    </section>
  )
}
