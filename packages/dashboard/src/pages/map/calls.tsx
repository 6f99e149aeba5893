import { Value } from '../../parts/value.tsx'
import type { Call } from './layout.ts'
import { ratioOf, severityOf } from './severity.ts'

/** The calls of the map as a table, the worst first. */
export function Calls({ calls }: { calls: readonly Call[] }) {
  const sorted = calls.toSorted((a, b) => ratioOf(b) - ratioOf(a) || b.rate - a.rate)
  return (
    <section class="sec" aria-labelledby="h-calls">
      <div class="head">
        <h2 id="h-calls">Calls</h2>
        <span class="aside">most failures first</span>
      </div>
      <div class="wide" tabIndex={0}>
        <table class="tbl">
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col">To</th>
              <th scope="col" class="num">
                Rate
              </th>
              <th scope="col" class="num">
                Failed
              </th>
              <th scope="col" class="num">
                p95
              </th>
            </tr>
          </thead>
          <tbody>
            {sorted.map((call) => {
              const ratio = ratioOf(call)
              return (
                <tr key={`${call.client}\n${call.server}`}>
                  <th scope="row">{call.client}</th>
                  <td>{call.server}</td>
                  <td class="num">
                    <Value of={call.rate} unit="/s" />
                  </td>
                  <td class={`num ${severityOf(ratio)}`}>
                    <Value of={ratio} unit="ratio" />
                  </td>
                  <td class="num">
                    <Value of={call.p95} unit="s" />
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </section>
  )
}
