/** What passes between the main thread and the thread of the probes. */
import type { HealthStatus } from '../health/check.ts'

/**
 * Places in the shared memory that the main thread writes and the other one reads: a main thread that is blocked can send
 * no message.
 */
export const PLACES = {
  /** Grows with each turn of the heartbeat. */
  beats: 0,
  /** 1: the service shuts down. */
  stopping: 1,
  /** 1: a debugger may be connected. */
  inspected: 2,
  /** How many checks there are. */
  checks: 3,
  /** How many of them liveness depends on. */
  liveChecks: 4,
} as const

/** The probes, and readiness as another service asks for it. */
export type Probe = 'live' | 'ready' | 'readyForService' | 'startup'

/** What the thread starts with. */
export interface ThreadData {
  readonly memory: Int32Array
  readonly places: typeof PLACES
  readonly port: number
  /** `undefined`: all addresses. */
  readonly host: string | undefined
  /** The targets that are answered. */
  readonly paths: Readonly<Record<string, Probe>>
  /** The header by which services tell each other that one of them asks. */
  readonly serviceHeader: string
  /** Milliseconds between beats. */
  readonly beatMs: number
  readonly saturatedMs: number
  readonly wedgedMs: number
  /** Whether the main thread may be looked at. */
  readonly mayExamine: boolean
  /** Begin of the record that tells of a wedged main thread: JSON without its closing brace. */
  readonly record: string
  /** Where it is written. */
  readonly fd: number
}

/** To the thread: what a probe has found. */
export interface Answer {
  readonly probe: Probe
  readonly status: HealthStatus
}

/** From the thread. */
export type Report =
  /** `ahead`: no client waits for the answer. It is for the time when the main thread cannot answer. */
  | { readonly kind: 'question'; readonly probe: Probe; readonly ahead: boolean }
  | { readonly kind: 'listening'; readonly address: string; readonly port: number }
  | { readonly kind: 'deaf'; readonly error: string }
  | { readonly kind: 'recovered'; readonly blockedMs: number; readonly stack: string | undefined }
