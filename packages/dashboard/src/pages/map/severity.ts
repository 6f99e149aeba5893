import type { Call } from './layout.ts'

/** The share of a pair's calls that fail. */
export const ratioOf = ({ rate, errors }: Call) => (rate > 0 ? errors / rate : 0)

/** The class of a share of failed calls, by the limits of a service's state. */
export const severityOf = (ratio: number) => (ratio >= 0.05 ? 'bad' : ratio >= 0.01 ? 'warn' : '')
