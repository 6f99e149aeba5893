/** What has been read of the machine, and how it becomes metrics. */
import { readFile } from 'node:fs/promises'

import type { NumberFamily } from '../series/family.ts'
import { labelled } from '../series/labels.ts'

/** One value that has been read. */
export type Sample = readonly [labels: Readonly<Record<string, string>>, value: number]

/** A family of samples that have been read already; `undefined`: there are none. */
export function family(
  name: string,
  help: string,
  type: NumberFamily['type'],
  samples: readonly Sample[],
): NumberFamily | undefined {
  if (samples.length === 0) return undefined
  return {
    name,
    help,
    type,
    // All processes of a cluster are on one machine.
    across: 'same',
    series: () => samples.map(([labels, value]) => ({ ...labelled(labels), value })),
  }
}

/** The lines of a file; none where there is no such file, as on systems other than Linux. */
export async function linesOf(path: string): Promise<string[]> {
  try {
    return (await readFile(path, 'latin1')).trimEnd().split('\n')
  } catch {
    return []
  }
}
