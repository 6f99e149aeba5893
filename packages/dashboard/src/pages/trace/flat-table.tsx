import { textOf } from '../../format/numbers.ts'
import { Value } from '../../parts/value.tsx'
import { useApp } from '../../state/app.ts'
import { type Column, Table } from '../../tables/table.tsx'
import type { Model } from '../../trace/model.ts'
import { type Span } from '../../trace/span.ts'

/** Spans of one name and service. */
interface Kind {
  readonly key: string
  readonly name: string
  readonly service: string
  readonly spans: readonly Span[]
  readonly total: number
  readonly self: number
  readonly longest: Span
  readonly failed: number
}

const COLUMNS: ReadonlyArray<Column<Kind>> = [
  { key: 'name', head: 'Span', sort: ({ name }) => name, isAscending: true },
  { key: 'service', head: 'Service', sort: ({ service }) => service, isAscending: true },
  { key: 'count', head: 'Times', class: 'num', sort: ({ spans }) => spans.length },
  { key: 'self', head: 'Self time', class: 'num', sort: ({ self }) => self },
  { key: 'total', head: 'Sum', class: 'num', sort: ({ total }) => total },
  { key: 'longest', head: 'Longest', class: 'num', sort: ({ longest }) => longest.duration },
  { key: 'failed', head: 'Failed', class: 'num', sort: ({ failed }) => failed },
]

/** The spans of a trace by name, with their own time. */
export function FlatTable({ model, onSelect }: { model: Model; onSelect: (id: string) => void }) {
  const { address } = useApp()
  const groups = Map.groupBy(model.trace.spans, ({ service, name }) => `${service}\u0000${name}`)
  const kinds = [...groups]
    .map(([key, spans]) => kindOf(key, spans, model))
    .toSorted((a, b) => b.self - a.self)
  return (
    <Table
      label="Spans of this trace by name"
      rows={kinds}
      columns={COLUMNS}
      keyOf={({ key }) => key}
      onOpen={({ longest }) => onSelect(longest.id)}
      selected={kinds.find(({ longest }) => longest.id === address.params.value.get('span'))?.key}
      sort="-self"
      sortParam="by"
      textOf={({ name, service }) => `${name} ${service}`}
    >
      {({ name, service, spans, self, total, longest, failed }) => (
        <>
          <th scope="row" class="clip" title={name}>
            <bdi>{name}</bdi>
          </th>
          <td class="clip" title={service}>
            <bdi>{service}</bdi>
          </td>
          <td class="num">{spans.length}</td>
          <td class="num">
            <Value of={self / 1_000} unit="s" />
          </td>
          <td class="num">
            <Value of={total / 1_000} unit="s" />
          </td>
          <td class="num">{textOf(longest.duration / 1_000, 's')}</td>
          <td class={failed > 0 ? 'num bad' : 'num'}>{failed > 0 && failed}</td>
        </>
      )}
    </Table>
  )
}

function kindOf(key: string, spans: readonly Span[], model: Model): Kind {
  const [first] = spans
  if (first === undefined) throw new Error('A group has at least one span')
  return {
    key,
    name: first.name,
    service: first.service,
    spans,
    total: spans.reduce((sum, { duration }) => sum + duration, 0),
    self: spans.reduce((sum, span) => sum + model.selfTimeOf(span), 0),
    longest: spans.reduce((longest, span) => (span.duration > longest.duration ? span : longest), first),
    failed: spans.filter(({ failed }) => failed).length,
  }
}
