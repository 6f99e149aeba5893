import type { FaultReporter, Host, HttpServer } from '../seam.ts'
import { writeBeforeDeadlySignals } from './deadly-signals.ts'
import { type HookOptions, type ShutdownHook, ShutdownHooks } from './hooks.ts'
import type { Hold } from './presence.ts'
import type { Place } from './roster.ts'
import { servedBy, type ServedConnections, servedConnections, watchServers, whenServing } from './served.ts'
import { type Ending, type EndingTimes, shutDown, type ShutdownReport } from './shutdown.ts'
import { endOnSignals } from './signals.ts'

/** How the service ends. */
export interface LifecycleSettings {
  /** Whether signals are handled: `served` means where an application listens that has an adapter. */
  readonly mode: 'always' | 'served' | 'never'
  /**
   * Whether the servers of the process are watched from the start. Not under a test runner, in whose processes one suite
   * follows another: nothing of a suite may stay behind.
   */
  readonly watches: boolean
  readonly signals: readonly NodeJS.Signals[]
  /** Milliseconds. */
  readonly drainDelay: number
  /** Milliseconds. */
  readonly deadline: number
}

/** The end of a service. */
export interface Lifecycle {
  /**
   * Aborted when the service begins to shut down: for whatever goes on until it is told to stop, such as event streams
   * and loops over a queue.
   */
  readonly stopping: AbortSignal
  /**
   * Adds what is to be done at the end, after the last request: hooks run in reverse order, and one that throws or hangs
   * is named in the log and does not stop the others.
   *
   * @throws {TypeError} where an argument is wrong
   * @example
   * sightline.onShutdown('database', () => pool.end())
   */
  onShutdown(name: string, fn: ShutdownHook, options?: HookOptions): void
  /**
   * Shuts down by hand: readiness says no, the drain delay passes, connections end, hooks run, destinations are flushed.
   * The process is left alone. Called again it returns the same promise, which never rejects.
   *
   * @param server the one to close. Default: every HTTP server of the process that has begun to listen since the first
   *   Sightline was made
   */
  shutdown(server?: HttpServer): Promise<ShutdownReport>
}

/** The lifecycle, and what ends it. */
export interface LifecycleParts {
  readonly lifecycle: Lifecycle
  readonly accompany: Host['accompany']
  /** Signals, and the servers that begin to listen. */
  readonly hold: Hold
  /** Lets go of the process for good: signals do what they did before. */
  release(): void
}

/** What ends, and how it tells. */
export interface LifecycleSetup {
  readonly service: string
  readonly log: () => Ending['log']
  readonly flush: Ending['flush']
  /** Gets the lines that wait out of the process within a moment. */
  readonly write: () => void
  readonly fault: FaultReporter
}

/** Makes the lifecycle of one Sightline. */
export function createLifecycle(
  settings: LifecycleSettings,
  { service, log, flush, write, fault }: LifecycleSetup,
): LifecycleParts {
  const hooks = new ShutdownHooks(service)
  const controller = new AbortController()
  const { drainDelay, deadline } = settings
  let report: Promise<ShutdownReport> | undefined
  const onlookers: Array<(server: HttpServer) => void> = []
  let watching: Place | undefined
  let handling: Place | undefined
  let writing: Place | undefined

  function end(times: EndingTimes, servers: Iterable<ServedConnections>, signal?: NodeJS.Signals) {
    report ??= shutDown(
      { ...times, log: log(), hooks, begin: () => controller.abort(), flush },
      servers,
      signal,
    )
    return report
  }

  function handleSignals(): void {
    handling ??= endOnSignals({ service, drainDelay, deadline, fault, end }, settings.signals)
    writing ??= writeBeforeDeadlySignals(write)
  }

  if (settings.watches) watchServers()
  if (settings.mode === 'always') handleSignals()

  return {
    lifecycle: {
      stopping: controller.signal,
      onShutdown: (name, fn, options) => hooks.add(name, fn, options),
      shutdown(server) {
        return end({ drainDelay, deadline }, server ? [servedBy(server)] : servedConnections())
      },
    },
    accompany(name, close, begun) {
      if (close) hooks.add(name, close)
      if (begun) onlookers.push(begun)
      watching ??= whenServing((served) => {
        if (settings.mode === 'served') handleSignals()
        // Begun too late: it ends with the others.
        if (controller.signal.aborted) void served.refuse()
        for (const look of onlookers) look(served.server)
      })
    },
    hold: {
      take() {
        watching?.hold()
        handling?.hold()
        writing?.hold()
      },
      release() {
        watching?.loosen()
        handling?.loosen()
        writing?.loosen()
      },
    },
    release() {
      watching?.leave()
      handling?.leave()
      writing?.leave()
    },
  }
}
