import type { Signal, StreamReport } from '../load/plan.ts'

/** Items that a hub has stored, as its API says. */
export type StoredItems = Readonly<Record<Signal, number>>

/** Items that were accepted and are not stored, or the other way round. 0 is right. */
export function differenceOf(reports: readonly StreamReport[], stored: Partial<StoredItems>): number {
  const accepted = new Map<Signal, number>()
  for (const report of reports)
    accepted.set(report.signal, (accepted.get(report.signal) ?? 0) + report.accepted)
  return [...accepted].reduce((sum, [signal, items]) => sum + Math.abs(items - (stored[signal] ?? 0)), 0)
}

/** Items that were sent and not accepted. */
export function unacceptedOf(reports: readonly StreamReport[]): number {
  return reports.reduce((sum, { sent, accepted }) => sum + sent - accepted, 0)
}

/** Requests with another outcome than the allowed ones, or of which a part was rejected. */
export function surprisesOf(reports: readonly StreamReport[], allowed: readonly string[]): number {
  return reports.reduce(
    (sum, { outcomes, partial }) =>
      sum +
      partial +
      Object.entries(outcomes).reduce(
        (more, [code, count]) => more + (allowed.includes(code) ? 0 : count),
        0,
      ),
    0,
  )
}

/** Requests by outcome, as text. */
export function outcomesOf(reports: readonly StreamReport[]): string {
  const all = new Map<string, number>()
  for (const { outcomes } of reports)
    for (const [code, count] of Object.entries(outcomes)) all.set(code, (all.get(code) ?? 0) + count)
  return Array.from(all, ([code, count]) => `${count.toLocaleString('en')} x ${code}`)
    .toSorted()
    .join(', ')
}
