import { closeSync } from 'node:fs'
import { isMainThread, Worker } from 'node:worker_threads'

import type { Logger } from 'pino'

import type { HealthStatus } from '../health/check.ts'
import { ASKED_BY_SERVICE } from '../health/checks/service.ts'
import type { HealthParts } from '../health/health.ts'
import type { FaultReporter } from '../seam.ts'
import { openOutput } from '../stdout/output.ts'
import { type Answer, PLACES, type Probe, type Report, type ThreadData } from './messages.ts'
import { serveProbes } from './server.ts'
import { examineMainThread } from './stack.ts'
import { probeThread } from './thread.ts'

/** The settings of the probe thread. */
export interface ProbeSettings {
  /** Base path of the probes, such as `/health`. */
  readonly path: string
  readonly port: number
  /** `undefined`: all addresses. */
  readonly host: string | undefined
  /** Milliseconds. */
  readonly saturatedAfter: number
  /** Milliseconds. */
  readonly wedgedAfter: number
}

/** The probe port. It answers from its own thread. */
export interface ProbePort {
  /**
   * Resolves to the address, such as `http://0.0.0.0:9091`, once it listens. Rejects if the Sightline is
   * closed before.
   */
  listening(): Promise<string>
}

export interface ProbeSetup {
  readonly settings: ProbeSettings
  readonly service: string
  readonly healthParts: HealthParts
  readonly stopping: AbortSignal
  readonly log: () => Logger
  readonly fault: FaultReporter
}

/** Maximum interval of heartbeats. A heartbeat costs the main thread some microseconds, and wakes an idle one. */
const MAX_BEAT_MS = 250
/** Delay before a dead thread is replaced. */
const REPLACE_MS = 5_000
/** Memory limit of the thread. It needs 5 MB. */
const MEMORY = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 }

/**
 * The code of the thread as text, not as a file: it is then part of any bundle of the service, and also runs
 * from the sources.
 */
const CODE = `(${probeThread.toString()})(${serveProbes.toString()}, ${examineMainThread.toString()})`

/**
 * Answers probes from a separate thread that keeps running while the event loop is blocked. It reports
 * whether the event loop is late or stuck, and where. It does not keep the process alive.
 */
export function startProbes(setup: ProbeSetup): ProbePort & { close(): Promise<void> } {
  const { settings, service, healthParts, stopping, log, fault } = setup
  const { health } = healthParts
  const { path, port, host, saturatedAfter, wedgedAfter } = settings
  const listening = Promise.withResolvers<string>()
  // An unused `listening()` must not become an unhandled rejection.
  listening.promise.catch(() => {})
  const memory = new Int32Array(new SharedArrayBuffer(Object.keys(PLACES).length * 4))
  const beatMs = Math.min(MAX_BEAT_MS, saturatedAfter / 4)
  const inspector = process.getBuiltinModule('node:inspector') as typeof import('node:inspector') | undefined
  const { fd } = openOutput(2)
  const data: ThreadData = {
    memory,
    places: PLACES,
    port,
    host,
    paths: { [`${path}/live`]: 'live', [`${path}/ready`]: 'ready', [`${path}/startup`]: 'startup' },
    serviceHeader: ASKED_BY_SERVICE,
    beatMs,
    saturatedMs: saturatedAfter,
    wedgedMs: wedgedAfter,
    mayExamine: mayExamine(),
    record: JSON.stringify({ level: 'error', service }).slice(0, -1),
    fd,
  }
  const asked: Readonly<Record<Probe, (ahead: boolean) => Promise<HealthStatus>>> = {
    live: () => health.live(),
    ready: () => health.ready(),
    readyForService: () => health.ready({ askServices: false }),
    startup: (ahead) => (ahead ? healthParts.starting() : health.startup()),
  }

  let worker: Worker | undefined
  let isListening = false
  let replacement: NodeJS.Timeout | undefined
  const heartbeat = setInterval(beat, beatMs).unref()
  const firstBeat = setImmediate(beat).unref()
  stopping.addEventListener('abort', stop, { once: true })
  start()

  function beat(): void {
    Atomics.store(memory, PLACES.inspected, inspector?.url() === undefined ? 0 : 1)
    const groups = Array.from(healthParts.checks(), (check) => check.groups)
    Atomics.store(memory, PLACES.checks, groups.length)
    Atomics.store(memory, PLACES.liveChecks, groups.filter((each) => each.includes('live')).length)
    Atomics.add(memory, PLACES.beats, 1)
  }

  function stop(): void {
    Atomics.store(memory, PLACES.stopping, 1)
  }

  function start(): void {
    try {
      // Not the options and environment of the process: they could preload modules a second time.
      const options = {
        workerData: data,
        execArgv: [],
        env: {},
        resourceLimits: MEMORY,
        name: 'sightline probes',
      }
      worker = new Worker(CODE, { eval: true, ...options })
    } catch (error) {
      fault('the thread of the probes', error)
      return
    }
    worker.on('message', hear)
    worker.on('error', (error) => fault('the thread of the probes', error))
    worker.on('exit', () => {
      replacement = setTimeout(start, REPLACE_MS).unref()
    })
    // Must come last: `on('message')` refs the worker again.
    worker.unref()
  }

  function hear(report: Report): void {
    if (report.kind === 'question') {
      const { probe, ahead } = report
      void asked[probe](ahead).then((status) => answer({ probe, status }))
    } else if (report.kind === 'listening') {
      const address = `http://${report.address}:${report.port}`
      log().info({ address }, 'probes listening')
      listening.resolve(address)
      isListening = true
      worker?.unref()
    } else if (report.kind === 'deaf') {
      fault(`probe port ${port}`, new Error(report.error))
    } else {
      const { blockedMs, stack } = report
      log().warn({ blocked_ms: blockedMs, ...(stack !== undefined && { stack }) }, 'event loop was blocked')
    }
  }

  function answer(found: Answer): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- it is no window: there are no origins
    worker?.postMessage(found)
  }

  return {
    listening() {
      // Awaiting `listening()` keeps the process alive until the port is open.
      if (!isListening) worker?.ref()
      return listening.promise
    },
    async close() {
      clearInterval(heartbeat)
      clearImmediate(firstBeat)
      stopping.removeEventListener('abort', stop)
      listening.reject(new Error('Sightline: the probe port was closed before it listened'))
      worker?.removeAllListeners('exit')
      clearTimeout(replacement)
      await worker?.terminate()
      if (fd !== 2) closeSync(fd)
    },
  }
}

/**
 * Only a main thread can be examined, and not in every node version. Under the permission model, a forbidden
 * examination ends the process, with no error thrown: https://nodejs.org/api/permissions.html
 */
function mayExamine(): boolean {
  const { features, permission } = process as NodeJS.Process & { permission?: NodeJS.ProcessPermission }
  return isMainThread && features.inspector && (permission === undefined || permission.has('inspector'))
}
