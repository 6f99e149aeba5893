/**
 * Where the data of a Sightline leaves the process: a {@link Destination} is attached to a Sightline, and takes what it sends
 * from its {@link Taps}.
 */
import { channel } from 'node:diagnostics_channel'

import type { Logger } from 'pino'

import type { ExportedMetrics } from './metrics/metrics.ts'
import type { FaultReporter, Masking, Sink } from './seam.ts'
import type { Family } from './series/family.ts'

/** A place outside of the process to which logs, metrics or records are sent. */
export interface Destination {
  /** Names the destination in warnings. A Sightline has one destination of a name. */
  readonly name: string
  /**
   * Called once for each Sightline that the destination is attached to: adds what it needs to the Sightline. What it throws
   * or rejects with becomes one warning, and what it has added by then is taken away again.
   */
  attach(taps: Taps): void | Promise<void>
}

/** What a destination can take from one Sightline, and add to it. */
export interface Taps {
  /** The Sightline: it tells the taps of two apart. */
  readonly sightline: object
  readonly service: string
  readonly version: string | undefined
  /** The metrics of this process, without those of its workers: they have destinations of their own. */
  readonly metrics: ExportedMetrics
  /** The log, for messages to the operator. */
  readonly log: Pick<Logger, 'info' | 'warn'>
  /** Reports a fault of the destination: one warning for each `source`, and a count. Never throws. */
  readonly fault: FaultReporter
  /** The log lines, each as it is written: a text of JSON with its line feed, masked. */
  readonly lines: {
    /**
     * @param listener called while the line is written: it must do next to nothing
     * @returns removes the listener
     */
    listen(listener: (line: string) => void): () => void
  }
  /** Masks values by the application's own `log.redact`. What sinks and `lines` give is masked already. */
  readonly printer: Masking
  /** Adds metrics of the destination to each scrape. Returns what removes them. */
  addFamilies(families: readonly Family[]): () => void
  /** Adds a consumer of the records of requests. Returns what removes it. */
  addSink(sink: Sink): () => void
  /**
   * Adds what ends the destination with the Sightline: it flushes, and stops. Several destinations end at the same time.
   *
   * @param close gets the milliseconds that it may take. The Sightline waits a little longer.
   */
  onClose(close: (deadlineMs: number) => unknown): void
}

/** Where a Sightline has its {@link Taps}. */
export const TAPS = Symbol.for('sightline.taps.1')

/** The name of the channel of `node:diagnostics_channel` on which each new Sightline is published. Its messages are {@link Taps}. */
export const CREATED_CHANNEL = 'sightline.created'

/** Publishes the taps of a new Sightline to the telemetry of the process. */
export function announce(taps: Taps): void {
  channel(CREATED_CHANNEL).publish(taps)
}

/** The taps of a Sightline that an application hands over. */
export function tapsOf(sightline: object): Taps | undefined {
  return (sightline as { readonly [TAPS]?: Taps })[TAPS]
}
