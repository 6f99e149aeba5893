/** Turns values read from the machine into metrics. */
import { readFile } from 'node:fs/promises'

import type { NumberFamily } from '../series/family.ts'
import { labelled } from '../series/labels.ts'

/** One value. */
export type Sample = readonly [labels: Readonly<Record<string, string>>, value: number]

/** A family with the given samples. `undefined` without samples. */
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
    // All processes of a cluster run on one machine.
    across: 'same',
    series: () => samples.map(([labels, value]) => ({ ...labelled(labels), value })),
  }
}

/** The lines of a file. Empty if it does not exist, as on systems other than Linux. */
export async function linesOf(path: string): Promise<string[]> {
  try {
    return (await readFile(path, 'latin1')).trimEnd().split('\n')
  } catch {
    return []
  }
}
