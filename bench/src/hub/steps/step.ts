/** What the steps of the benchmark have in common. */
export interface StepContext {
  /** Seconds of a load. */
  readonly seconds: number
  /** Spans and log records of the data that is queried. */
  readonly spans: number
  readonly logs: number
  /** A folder that keeps that data. `undefined`: it is made anew, and removed. */
  readonly data: string | undefined
  /** A folder for profiles of the hub's threads. */
  readonly profiles: string | undefined
  /** How many times slower this machine is than the one of the targets. */
  readonly scale: number
  /** A new folder, which is removed at the end. */
  readonly folder: () => string
  readonly say: (text: string) => void
}

/** A measured value of one of the targets. */
export interface Figure {
  /** The name of the target. */
  readonly target: string
  /** In the unit of the target. */
  readonly value: number
  /** The amount of data, such as `1 million spans`. */
  readonly at?: string
  readonly note?: string
}
