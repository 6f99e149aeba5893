import { type Cell, digits, markdownTable } from '../../report/table.ts'
import type { HubResults, Row } from '../results.ts'
import { isReached, scaled, type Target, TARGET_MICROS, TARGETS } from '../targets.ts'

/** Decimal places by size, so that small numbers say something. */
function number(value: number): Cell {
  return digits(value, Math.abs(value) < 10 && !Number.isInteger(value) ? 2 : 0)
}

/** The table of results, with a line about each machine. */
export function hubTable({ rows, node, cpu, cores }: HubResults): string {
  const heads = ['measure', 'unit', 'target', 'scaled', 'measured', '', 'best known', 'load', 'notes']
  const table = markdownTable(heads, rows.map(cellsOf))
  const [first] = rows
  const dates = [...new Set(rows.map(({ date }) => date))].toSorted()
  const costs = [...new Set(rows.map(({ fastifyMicros }) => fastifyMicros.toFixed(1)))].join(', ')
  return [
    table,
    `Measured on ${dates.join(' and ')} with Node.js ${node} on ${cores} cores (${cpu}), which the load shares. A request of the bare Fastify cost ${costs} µs of CPU; targets are for ${TARGET_MICROS} µs, and scaled by the quotient. "Load" is the load average of the machine in that minute: above ${cores}, other programs took a part of the cores.`,
    ...(first === undefined ? [] : ['Command: `pnpm bench hub`']),
  ].join('\n\n')
}

function cellsOf(row: Row): Cell[] {
  const target = targetOf(row)
  const scale = row.fastifyMicros / TARGET_MICROS
  const wanted = scaled(target, scale)
  const sign = target.isMinimum === true ? '≥' : '≤'
  const bound = (value: number | undefined): Cell =>
    value === undefined ? '' : `${value === 0 ? '' : `${sign} `}${textOf(number(value))}`
  return [
    row.at === undefined ? target.title : `${target.title}, at ${row.at}`,
    target.unit,
    bound(target.value),
    bound(wanted),
    number(row.value),
    wanted === undefined ? '' : isReached(target, row.value, scale) ? 'reached' : 'missed',
    target.best ?? '',
    digits(row.loadAverage, 1),
    row.note ?? '',
  ]
}

function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.digits
}

function targetOf({ target }: Row): Target {
  const found = TARGETS.find(({ name }) => name === target)
  if (found === undefined) throw new Error(`There is no target ${target}`)
  return found
}
