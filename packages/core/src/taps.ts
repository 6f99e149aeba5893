/**
 * What a Sightline gives to those who send its data elsewhere. They find it by a channel of `node:diagnostics_channel`,
 * on which every Sightline shows itself when it is made, or are handed it by the application.
 */
import { channel } from 'node:diagnostics_channel'

import type { Logger } from 'pino'

import type { ExportedMetrics } from './metrics/metrics.ts'
import type { Printer } from './printing/printer.ts'
import type { FaultReporter, Sink } from './seam.ts'
import type { Family } from './series/family.ts'
import type { Lines } from './stdout/lines.ts'

/** Where a Sightline has its {@link Outlets}. */
export const OUTLETS = Symbol.for('sightline.outlets.1')

/** The name of the channel. Its messages are {@link Outlets}. */
export const CREATED_CHANNEL = 'sightline.created'

/** What can be taken of one Sightline. */
export interface Outlets {
  readonly service: string
  readonly version: string | undefined
  readonly metrics: ExportedMetrics
  /** For what the operator should read. */
  readonly log: Pick<Logger, 'info' | 'warn'>
  readonly fault: FaultReporter
  readonly lines: Lines
  /** Masks and bounds what is sent elsewhere, by the application's own `log.redact`. What sinks get is masked already. */
  readonly printer: Printer
  /** Adds metrics of others to each scrape. */
  addFamilies(families: readonly Family[]): void
  /** Adds a consumer of records. Returns what takes it away again. */
  addSink(sink: Sink): () => void
  /** Adds something to be closed with the Sightline, which waits so many milliseconds for it. */
  onClose(close: (deadlineMs: number) => Promise<void>): void
}

/** Shows the outlets of a new Sightline to whoever wants to know. */
export function announce(outlets: Outlets): void {
  channel(CREATED_CHANNEL).publish(outlets)
}

/** The outlets of a Sightline that an application hands over. */
export function outletsOf(sightline: object): Outlets | undefined {
  return (sightline as { readonly [OUTLETS]?: Outlets })[OUTLETS]
}
