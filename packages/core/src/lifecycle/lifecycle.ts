import type { FaultReporter, Host, HttpServer } from '../seam.ts'
import type { EndingTimes } from './budget.ts'
import { writeBeforeDeadlySignals } from './deadly-signals.ts'
import { type HookOptions, type ShutdownHook, ShutdownHooks } from './hooks.ts'
import type { Hold } from './presence.ts'
import type { Place } from './roster.ts'
import { servedBy, type ServedConnections, servedConnections, watchServers, whenServing } from './served.ts'
import { type Ending, shutDown, type ShutdownReport } from './shutdown.ts'
import { endOnSignals } from './signals.ts'

/** The shutdown settings of the service. */
export interface LifecycleSettings {
  /** When signals are handled. `served`: if an application with an adapter listens. */
  readonly mode: 'always' | 'served' | 'never'
  /**
   * Whether the servers of the process are watched from the start. Not under a test runner: its processes run
   * several suites, and a suite must leave nothing behind.
   */
  readonly watches: boolean
  readonly signals: readonly NodeJS.Signals[]
  /** Milliseconds. */
  readonly drainDelay: number
  /** Milliseconds. */
  readonly deadline: number
}

/** The shutdown of a service. */
export interface Lifecycle {
  /** Aborted when the shutdown begins. For long-running work, such as event streams and queue loops. */
  readonly stopping: AbortSignal
  /**
   * Adds a hook that runs after the last request. Hooks run in reverse order. A hook that throws or hangs is
   * named in the log and does not stop the others.
   *
   * @throws {TypeError} if an argument is wrong
   * @example
   * sightline.onShutdown('database', () => pool.end())
   */
  onShutdown(name: string, fn: ShutdownHook, options?: HookOptions): void
  /**
   * Shuts down without a signal: readiness fails, the drain delay passes, connections end, hooks run,
   * destinations are flushed. The process keeps running. A second call returns the same promise, which never
   * rejects.
   *
   * @param server the server to close. Default: every HTTP server of the process that has started to listen
   * since the first Sightline was created
   */
  shutdown(server?: HttpServer): Promise<ShutdownReport>
}

/** The lifecycle and its triggers. */
export interface LifecycleParts {
  readonly lifecycle: Lifecycle
  readonly accompany: Host['accompany']
  /** The signals, and the servers that start to listen. */
  readonly hold: Hold
  /** Releases the process for good: signals have their default effect again. */
  release(): void
}

/** The dependencies of a lifecycle. */
export interface LifecycleSetup {
  readonly service: string
  readonly log: () => Ending['log']
  readonly flush: Ending['flush']
  /** Writes the pending lines within a moment. */
  readonly write: () => void
  readonly fault: FaultReporter
}

/** Creates the lifecycle of one Sightline. */
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
        // The server started during the shutdown: it ends with the others.
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
