import { closeSync } from 'node:fs'
import { isMainThread, Worker } from 'node:worker_threads'

import type { Logger } from 'pino'

import type { FaultReporter } from '../fault.ts'
import type { HealthStatus } from '../health/check.ts'
import { ASKED_BY_SERVICE } from '../health/checks/service.ts'
import type { HealthParts } from '../health/health.ts'
import { openOutput } from '../log/output.ts'
import { type Answer, PLACES, type Probe, type Report, type ThreadData } from './messages.ts'
import { serveProbes } from './server.ts'
import type { ProbeSettings } from './settings.ts'
import { examineMainThread } from './stack.ts'
import { probeThread } from './thread.ts'

/** The port of the probes, which answers from a thread of its own. */
export interface ProbePort {
  /** Where it listens, such as `http://0.0.0.0:9091`, as soon as it does. Rejects where the Sightline is closed before. */
  listening(): Promise<string>
}

export interface ProbeSetup {
  readonly settings: ProbeSettings
  readonly service: string
  readonly healthParts: HealthParts
  /** Aborted when the service shuts down. */
  readonly stopping: AbortSignal
  readonly log: () => Logger
  readonly fault: FaultReporter
}

/** A beat costs the main thread some microseconds, and wakes it where it has nothing to do. */
const MAX_BEAT_MS = 250
/** A thread that has died is replaced after so long. */
const REPLACE_MS = 5_000
/** Ample: it needs 5 MB. */
const MEMORY = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 }

/**
 * The thread gets its code as text rather than as a file: so it is part of whatever bundle the service becomes, and runs
 * from its sources as well.
 */
const CODE = `(${probeThread.toString()})(${serveProbes.toString()}, ${examineMainThread.toString()})`

/**
 * Answers probes from a thread of its own, which goes on when the event loop is blocked: says whether that one is late or
 * stuck, and where. Nothing of it holds the process.
 */
export function startProbes(setup: ProbeSetup): ProbePort & { close(): Promise<void> } {
  const { settings, service, healthParts, stopping, log, fault } = setup
  const { health } = healthParts
  const { path, port, host, saturatedAfter, wedgedAfter } = settings
  const listening = Promise.withResolvers<string>()
  // Whoever does not ask where it listens does not care that it never did.
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
      // Without the options and the environment of the process: they could load something else first, or a second time.
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
    // At last: a listener for messages holds the process again.
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
      // Who waits for it, waits for it.
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
 * Only a main thread can be looked at, and not by every node. Under the permission model node ends the process where that
 * is not allowed, rather than to throw: https://nodejs.org/api/permissions.html
 */
function mayExamine(): boolean {
  const { features, permission } = process as NodeJS.Process & { permission?: NodeJS.ProcessPermission }
  return isMainThread && features.inspector && (permission === undefined || permission.has('inspector'))
}
