import { type Family, labelText } from '../series/exposition.ts'
import type { LineLedger, Stdout } from './stdout.ts'

/** Metrics of the lines for standard output. They cover the process, which has one standard output. */
export function stdoutFamilies(stdout: Stdout): Family[] {
  const family = (
    name: string,
    help: string,
    type: Family['type'],
    samples: (ledger: LineLedger) => Iterable<readonly [labels: string, value: number]>,
  ): Family => ({
    name,
    help,
    type,
    *samples() {
      for (const [labels, value] of samples(stdout.ledger)) yield `${name}${labels} ${value}\n`
    },
  })
  return [
    family('sightline_log_lines_total', 'Log lines for standard output.', 'counter', ({ produced }) => [
      ['', produced],
    ]),
    family(
      'sightline_log_lines_written_total',
      'Log lines that standard output has taken.',
      'counter',
      ({ written }) => [['', written]],
    ),
    family(
      'sightline_log_lines_dropped_total',
      'Log lines lost, because standard output is read too slowly, has no reader any more, or cannot be written.',
      'counter',
      ({ dropped }) =>
        Object.entries(dropped).map(([reason, lines]) => [`{${labelText({ reason })}}`, lines] as const),
    ),
    family('sightline_log_lines_waiting', 'Log lines kept for standard output.', 'gauge', ({ waiting }) => [
      ['', waiting],
    ]),
  ]
}
