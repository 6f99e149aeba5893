import type { Span } from '../state/time.ts'

/** A part of the heatmap. Times are milliseconds since 1970, durations milliseconds. */
export interface Selection extends Span {
  readonly least: number
  readonly most: number
  /** Only requests that failed. Then the other members are those of the whole picture. */
  readonly isFailed: boolean
}

/** Reads a selection from the address: `failed`, or four numbers with dots between. */
export function selectionFrom(text: string | null, { from, to }: Span): Selection | undefined {
  if (text === 'failed') return { from, to, least: 0, most: Infinity, isFailed: true }
  const numbers = (text ?? '').split('_').map(Number)
  const [start = 0, end = 0, least = 0, most = 0] = numbers
  if (numbers.length !== 4 || !numbers.every(Number.isFinite) || end <= start || most <= least)
    return undefined
  return { from: start, to: end, least, most, isFailed: false }
}

export function selectionText({ from, to, least, most, isFailed }: Selection): string {
  if (isFailed) return 'failed'
  return [Math.round(from), Math.round(to), least.toPrecision(4), most.toPrecision(4)].map(Number).join('_')
}

/** Parameters of `/api/traces` and `/api/explain` for a selection. The former has no time of its own for it. */
export function selectionParams({ from, to, least, most, isFailed }: Selection) {
  return isFailed
    ? { status: 'error' }
    : {
        selFrom: Math.round(from),
        selTo: Math.round(to),
        minDuration: durationText(least),
        ...(Number.isFinite(most) && { maxDuration: durationText(most) }),
      }
}

/** A duration in milliseconds as the search language has it: whole nanoseconds. */
const durationText = (ms: number): string => `${Math.max(0, Math.round(ms * 1e6))}ns`
