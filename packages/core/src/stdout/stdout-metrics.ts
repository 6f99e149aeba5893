import type { Family, NumberFamily } from '../series/family.ts'
import { labelled, type SeriesLabels } from '../series/labels.ts'
import type { LineLedger, Stdout } from './stdout.ts'

/** Metrics of the lines for standard output. They cover the process, which has one standard output. */
export function stdoutFamilies(stdout: Stdout): Family[] {
  const family = (
    name: string,
    help: string,
    type: NumberFamily['type'],
    samples: (ledger: LineLedger) => ReadonlyArray<readonly [labels: SeriesLabels, value: number]>,
  ): Family => ({
    name,
    help,
    type,
    series: () => samples(stdout.ledger).map(([labels, value]) => ({ ...labelled(labels), value })),
  })
  return [
    family('sightline_log_lines_total', 'Log lines for standard output.', 'counter', ({ produced }) => [
      [{}, produced],
    ]),
    family(
      'sightline_log_lines_written_total',
      'Log lines that standard output has accepted.',
      'counter',
      ({ written }) => [[{}, written]],
    ),
    family(
      'sightline_log_lines_dropped_total',
      'Log lines lost, because the reader of standard output is slow or gone, or writing fails.',
      'counter',
      ({ dropped }) => Object.entries(dropped).map(([reason, lines]) => [{ reason }, lines] as const),
    ),
    family(
      'sightline_log_lines_waiting',
      'Log lines buffered for standard output.',
      'gauge',
      ({ waiting }) => [[{}, waiting]],
    ),
  ]
}
