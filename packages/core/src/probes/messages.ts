/** The messages between the main thread and the probe thread. */
import type { HealthStatus } from '../health/check.ts'

/**
 * Positions in the shared memory. The main thread writes it and the probe thread reads it, since a blocked
 * main thread cannot send messages.
 */
export const PLACES = {
  /** Incremented by each heartbeat. */
  beats: 0,
  /** 1: the service is shutting down. */
  stopping: 1,
  /** 1: a debugger may be connected. */
  inspected: 2,
  checks: 3,
  /** Number of liveness checks. */
  liveChecks: 4,
} as const

/** The probes, and readiness as requested by another service. */
export type Probe = 'live' | 'ready' | 'readyForService' | 'startup'

/** The data of the thread. */
export interface ThreadData {
  readonly memory: Int32Array
  readonly places: typeof PLACES
  readonly port: number
  /** `undefined`: all addresses. */
  readonly host: string | undefined
  /** The answered request targets. */
  readonly paths: Readonly<Record<string, Probe>>
  /** The header that marks a check by another service. */
  readonly serviceHeader: string
  /** Milliseconds between heartbeats. */
  readonly beatMs: number
  readonly saturatedMs: number
  readonly wedgedMs: number
  /** Whether the main thread may be examined. */
  readonly mayExamine: boolean
  /** The start of the record about a wedged main thread: JSON without its closing brace. */
  readonly record: string
  /** Descriptor for the record. */
  readonly fd: number
}

/** To the thread: the result of a probe. */
export interface Answer {
  readonly probe: Probe
  readonly status: HealthStatus
}

/** From the thread. */
export type Report =
  /** `ahead`: no client waits for the answer. It is stored for a time when the main thread is blocked. */
  | { readonly kind: 'question'; readonly probe: Probe; readonly ahead: boolean }
  | { readonly kind: 'listening'; readonly address: string; readonly port: number }
  | { readonly kind: 'deaf'; readonly error: string }
  | { readonly kind: 'recovered'; readonly blockedMs: number; readonly stack: string | undefined }
