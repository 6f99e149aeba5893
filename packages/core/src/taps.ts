/**
 * The exit of data from a Sightline. A {@link Destination} is attached to a Sightline, and takes the data that it sends
 * from the {@link Taps}.
 */
import { channel } from 'node:diagnostics_channel'

import type { Logger } from 'pino'

import type { ExportedMetrics } from './metrics/metrics.ts'
import type { FaultReporter, Masking, Sink } from './seam.ts'
import type { Family } from './series/family.ts'

/** A place outside of the process that receives logs, metrics or records. */
export interface Destination {
  /** The destination's name in warnings. Unique within a Sightline. */
  readonly name: string
  /**
   * Called once for each Sightline. Adds the destination's listeners, sinks and metrics to the taps. An error or
   * rejection becomes one warning, and the additions so far are removed.
   */
  attach(taps: Taps): void | Promise<void>
}

/** The data that a destination can take from one Sightline, and its additions to it. */
export interface Taps {
  /** The Sightline itself. It distinguishes the taps of two Sightlines. */
  readonly sightline: object
  readonly service: string
  readonly version: string | undefined
  /** The metrics of this process. Workers are not included, because they have their own destinations. */
  readonly metrics: ExportedMetrics
  /** The log, for messages to operators. */
  readonly log: Pick<Logger, 'info' | 'warn'>
  /** Reports a fault of the destination: one warning per `source`, and a count. Never throws. */
  readonly fault: FaultReporter
  /** The log lines at the time of writing: JSON with a line feed, masked. */
  readonly lines: {
    /**
     * @param listener called while the line is written, so it must do almost no work
     * @returns removes the listener
     */
    listen(listener: (line: string) => void): () => void
  }
  /** Masks values by the application's own `log.redact`. Records and `lines` are already masked. */
  readonly printer: Masking
  /** Adds metrics of the destination to the scrape. Returns a function that removes them. */
  addFamilies(families: readonly Family[]): () => void
  /** Adds a consumer of request records. Returns a function that removes it. */
  addSink(sink: Sink): () => void
  /**
   * Adds the end of the destination, called when the Sightline closes: it flushes, and stops. Destinations end in
   * parallel.
   *
   * @param close gets its time limit in milliseconds. The Sightline waits a little longer.
   */
  onClose(close: (deadlineMs: number) => unknown): void
}

/** The property in which a Sightline has its {@link Taps}. */
export const TAPS = Symbol.for('sightline.taps.1')

/** The channel of `node:diagnostics_channel` that announces each new Sightline. Its messages are {@link Taps}. */
export const CREATED_CHANNEL = 'sightline.created'

/** Announces the taps of a new Sightline to the telemetry of the process. */
export function announce(taps: Taps): void {
  channel(CREATED_CHANNEL).publish(taps)
}

/** The taps of a Sightline. `undefined`: the object is no Sightline. */
export function tapsOf(sightline: object): Taps | undefined {
  return (sightline as { readonly [TAPS]?: Taps })[TAPS]
}
