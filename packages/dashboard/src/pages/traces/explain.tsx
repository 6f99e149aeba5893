import { useComputed } from '@preact/signals'

import { useLoaded } from '../../api/answer.ts'
import { grouped } from '../../format/numbers.ts'
import { StateMark } from '../../parts/mark.tsx'
import { Shown } from '../../parts/shown.tsx'
import { fieldTerm } from '../../search/field-term.ts'
import { withText } from '../../search/terms.ts'
import { useApp } from '../../state/app.ts'
import { type Explained, phrasesOf } from '../../traces/explain.ts'
import { selectionFrom, selectionParams } from '../../traces/selection.ts'

/** What the selected requests have in common, and the others have not. */
export function Explain() {
  const { address, time } = useApp()
  const search = useComputed(() => address.params.value.get('q') ?? '')
  const sel = useComputed(() => address.params.value.get('sel'))
  const { answer, retry } = useLoaded((api, signal) => {
    const { from, to } = time.span.peek()
    const selection = selectionFrom(sel.value, { from, to })
    if (selection === undefined) return undefined
    return api.get<Explained>(
      '/api/explain',
      { q: search.value, from: Math.round(from), to: Math.round(to), ...selectionParams(selection) },
      signal,
    )
  })
  return (
    <section class="sec" id="explain" aria-labelledby="h-explain">
      <Shown answer={answer} retry={retry}>
        {(explained) => (
          <>
            <div class="head">
              <h2 id="h-explain">
                How the {grouped(explained.inside)} selected differ from the other{' '}
                {grouped(explained.outside)}
              </h2>
              <ul class="legend">
                <li>
                  <span class="dot on" />
                  selected
                </li>
                <li>
                  <span class="dot rest" />
                  the rest
                </li>
              </ul>
            </div>
            <Sentence explained={explained} />
            <div class="grid explains">
              {explained.attributes.map((attribute) => (
                <Attribute
                  key={attribute.key}
                  name={attribute.key}
                  score={attribute.score}
                  values={attribute.values}
                />
              ))}
            </div>
          </>
        )}
      </Shown>
    </section>
  )
}

function Sentence({ explained }: { explained: Explained }) {
  const phrases = phrasesOf(explained)
  if (phrases.length === 0)
    return (
      <p class="muted">
        {explained.inside === 0
          ? 'Nothing is selected any more: the time has gone on. Select again.'
          : 'No attribute is much more frequent among the selected.'}
      </p>
    )
  return (
    <p class="finding lead">
      <StateMark state="warn" />
      <span>
        {phrases.map(({ before, strong, after }) => (
          <span key={strong}>
            {before}{' '}
            <b>
              <bdi>{strong}</bdi>
            </b>
            {after}.{' '}
          </span>
        ))}
      </span>
    </p>
  )
}

function Attribute({
  name,
  score,
  values,
}: {
  name: string
  score: number
  values: Explained['attributes'][number]['values']
}) {
  const { address } = useApp()
  const add = (value: string) =>
    address.adjust({ q: withText(address.params.peek().get('q') ?? '', fieldTerm(name, value)), sel: null })
  return (
    <section class="c4 explain" aria-label={name}>
      <div class="head">
        <h3 class="clip">
          <code title={name}>
            <bdi>{name}</bdi>
          </code>
        </h3>
        <span class="aside">difference {Math.round(score * 100)} points</span>
      </div>
      <table class="pairs">
        <colgroup>
          <col class="pv" />
          <col />
          <col class="pn" />
          <col class="pn" />
        </colgroup>
        <thead class="sr">
          <tr>
            <th scope="col">Value</th>
            <th scope="col">Shares</th>
            <th scope="col">Selected</th>
            <th scope="col">The rest</th>
          </tr>
        </thead>
        <tbody>
          {values.map(({ value, insideShare, outsideShare }) => (
            <tr key={value}>
              <th scope="row" class="clip" title={value}>
                {NO_FIELD.has(name) ? (
                  <bdi>{value}</bdi>
                ) : (
                  <button type="button" title={`Search for ${value}`} onClick={() => add(value)}>
                    <bdi>{value}</bdi>
                  </button>
                )}
              </th>
              <td>
                <span class="pair">
                  <span class="part on">
                    <i style={{ width: `${insideShare * 100}%` }} />
                  </span>
                  <span class="part">
                    <i style={{ width: `${outsideShare * 100}%` }} />
                  </span>
                </span>
              </td>
              <td class="num strong">{Math.round(insideShare * 100)} %</td>
              <td class="num muted">{Math.round(outsideShare * 100)} %</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** What is compared, but cannot be searched for. */
const NO_FIELD = new Set(['calls'])
